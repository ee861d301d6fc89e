import Core
import FixtureBuilding
import Foundation
import Isolation
import PluginLoading
import Synchronization
import Testing

@Suite("The confinement of a library")
struct ConfinementTests {
  /// C expressions that are 1 when the sandbox holds.
  static let facts = [
    "(environ[0]&&!environ[1]&&strcmp(environ[0],\"LC_ALL=C\")==0)",
    // Standard input, output and error, and the channel.
    "(descriptors()==4)",
    "(fork()<0)",
    "(execl(\"/bin/true\",\"true\",(char*)0)<0)",
    "(socket(AF_UNIX,SOCK_STREAM,0)<0)",
    "(kill(getppid(),SIGTERM)<0)",
    "(open(\"/dev/null\",O_WRONLY)<0)",
    "(open(\"/tmp/haq-confinement\",O_WRONLY|O_CREAT,0600)<0)",
    "(unlink(\"/tmp/haq-confinement\")<0)",
    "(fopen(\"/dev/zero\",\"r\")!=NULL)",
    "({int first=open(\"/dev/zero\",O_RDONLY),last=0;for(int n=0;n<100;n++)last=open(\"/dev/zero\",O_RDONLY);first>=0&&last<0;})",
    "(threads())",
    "(getchar()==EOF)",
  ]

  @Test("takes away what a cost model does not need, and leaves what it may", arguments: facts)
  func holds(fact: String) throws {
    let library = try sandboxed(["FIXTURE_CELL=(double)\(fact)"])
    #expect(try outcomes(library).first == .cost(Cost(values: [.latency: 1])))
  }

  @Test("changes no number, and passes on what is logged")
  func sameNumbers() throws {
    let cell =
      "FIXTURE_CELL=(points[i].weight_bits*1e-7+points[i].activation_bits/3.0+layer->out_width+layer->batch)"
    let lines = Lines()
    let isolated = try outcomes(try sandboxed([cell, "FIXTURE_BOUND=(points[i].layer+1)"], lines: lines))
    let file = try FixtureLibrary(defines: [cell, "FIXTURE_BOUND=(points[i].layer+1)"])
    let loaded = try withExtendedLifetime(file) { try LoadedPlugin(path: $0.path) { _ in } }
    #expect(isolated == (try outcomes(loaded)))
    #expect(lines.texts == ["create", "destroy"])
    // The first point by hand: 1 bit x 1e-7, 2 bits / 3, 11 elements, 5 samples.
    guard case .cost(let cost)? = isolated.first else { return #expect(Bool(false)) }
    #expect(cost[.latency] == 1 * 1e-7 + 2 / 3.0 + 11 + 5)
    #expect(cost.breakdown?.bound == .compute)
  }

  @Test("splits batches by the library's limit, and takes more than one request's worth")
  func splits() throws {
    let library = try sandboxed(["FIXTURE_MAX_POINTS=5", "FIXTURE_CELL=(double)count"])
    let counts: [Double] = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 2, 2]
    #expect(try outcomes(library) == counts.map { .cost(Cost(values: [.latency: $0])) })
    let many = Array(repeating: twelvePoints[3], count: 70_000)
    let large = try model(of: try sandboxed(["FIXTURE_CELL=(double)count"])).outcomes(of: many, in: twoLayers)
    #expect(large.first == .cost(Cost(values: [.latency: 65_536])))
    #expect(large.last == .cost(Cost(values: [.latency: 4_464])))
  }

  @Test("hears a cancelled task, and ends a library that does not")
  func cancellation() async throws {
    let polite = try sandboxed([
      "FIXTURE_CELL=({while(!host->cancelled(host));1.0;})", "FIXTURE_CODE=HAQ_ERROR_CANCELLED",
    ])
    let deaf = try sandboxed(["FIXTURE_CELL=({for(;;);1.0;})"])
    for (library, expected) in [(polite, "(cancelled): evaluate gave up"), (deaf, "CancellationError()")] {
      let hasBegun = Atomic<Bool>(false)
      let task = Task {
        hasBegun.store(true, ordering: .relaxed)
        return message { _ = try outcomes(library) }
      }
      // A thread of its own, because other tests may hold those that tasks share.
      Thread.detachNewThread {
        while !hasBegun.load(ordering: .relaxed) { usleep(5_000) }
        usleep(100_000)
        task.cancel()
      }
      #expect(await task.value.hasSuffix(expected))
    }
  }

  @Test("says what is missing when the sandbox is not a program")
  func noSandbox() throws {
    let sealed = try SealedLibrary(path: "/l.so", bytes: [1])
    func start(_ program: String) -> String {
      message {
        _ = try SandboxedLibrary(sealed, as: .plugin(PluginRequest(path: "/l.so")), sandbox: program)
      }
    }
    #expect(
      start("/nowhere/haq-sandbox")
        == "/l.so has no sandbox: /nowhere/haq-sandbox does not start: No such file or directory.")
    #expect(start("/bin/true").hasPrefix("/l.so "))
  }

  @Test("a sealed library cannot be changed, whoever has its descriptor")
  func sealed() throws {
    let library = try SealedLibrary(path: "/l.so", bytes: [1, 2, 3])
    #expect(pwrite(library.descriptor, [9], 1, 0) == -1 && errno == EPERM)
    #expect(ftruncate(library.descriptor, 0) == -1 && errno == EPERM)
  }
}
