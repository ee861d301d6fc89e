import Core
import Isolation
import PluginLoading
import Testing

@Suite("A library that misbehaves in its sandbox")
struct MisbehaviourTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var defines: [String]
    var says: [String]

    init(_ define: String, _ says: String...) { (defines, self.says) = ([define], says) }

    var testDescription: String { defines.joined(separator: " ") }
  }

  /// After seven answers, the next point is the eighth: the second precision of the second layer.
  private static let atEighth =
    "in evaluate, after it had answered 7 of 12 points; next is layer \"classifier\" at W2A2"

  static let faults = [
    Fault("FIXTURE_CELL=(i==7?*(volatile double*)8:1.0)", "crashed (SIGSEGV", atEighth),
    Fault("FIXTURE_CELL=(i==7?deep(\"\"):1.0)", "crashed (SIGSEGV", atEighth),
    Fault("FIXTURE_CELL=(i==7?(abort(),1.0):1.0)", "aborted (SIGABRT)", atEighth),
    Fault("FIXTURE_CELL=(i==7?(double)((int)count/(int)(i-7)):1.0)", "crashed (SIGFPE", atEighth),
    Fault("FIXTURE_CELL=(i==7?(exit(3),1.0):1.0)", "called exit(3)", atEighth, "must return its errors"),
    Fault("FIXTURE_CELL=(i==7?(_exit(0),1.0):1.0)", "called exit(0)", atEighth),
    Fault(
      "FIXTURE_CELL=(printf(\"hello %d\\n\",(int)i),1.0)",
      "is faulty: it wrote to standard output in evaluate: \"hello 0 / hello 1"),
    Fault(
      "FIXTURE_CELL=(i==7?(fputs(\"table missing\\n\",stderr),abort(),1.0):1.0)",
      "aborted (SIGABRT)", atEighth, "It last wrote to standard error: \"table missing\""),
    Fault("FIXTURE_CREATE_CODE=(raise(SIGSEGV),0)", "crashed (SIGSEGV", "in create."),
    Fault("FIXTURE_IN_DESTROY=raise(SIGSEGV)", "crashed (SIGSEGV", "in destroy."),
    Fault("FIXTURE_IN_DESTROY=close(3)", "in destroy"),
    Fault(
      "FIXTURE_CELL=({close(3);for(;;);1.0;})",
      "closed the descriptor by which its process answers in evaluate"),
    Fault("FIXTURE_CELL=(0.0/0.0)", "is faulty: latency_s of layer \"first conv\" at W1A2 is nan"),
    Fault(
      "FIXTURE_CELL=(i==7?-1.0:1.0)", "is faulty: latency_s of layer \"classifier\" at W2A2 is -1.0, outside"),
    Fault(
      "FIXTURE_CELL=(i==7?1.0/0.0:1.0)",
      "is faulty: latency_s of layer \"classifier\" at W2A2 is inf, outside"),
    Fault("FIXTURE_WRITTEN=7", "is faulty: status of layer \"classifier\" at W2A2 was not set"),
    Fault(
      "FIXTURE_CODE=HAQ_ERROR_INTERNAL",
      "failed in evaluate for target some-target (internal): evaluate gave up"),
    Fault(
      "FIXTURE_CREATE_CODE=HAQ_ERROR_INVALID",
      "failed in create for target some-target (invalid): some-target|/specs|a=2;b=word;"),
  ]

  @Test("is reported with its name, the call and the point, and this process goes on", arguments: faults)
  func isTold(_ fault: Fault) throws {
    let library = try sandboxed(fault.defines)
    let text = message { _ = try outcomes(library) }
    #expect(text.hasPrefix("plugin test.fixture 1.2.3 "), "\(text)")
    for part in fault.says { #expect(text.contains(part), "\(text)") }
    #expect(!text.contains("\n"))
  }

  @Test("is ended when it does not return in time, and stays ended")
  func loops() throws {
    let library = try sandboxed(["FIXTURE_CELL=({while(i==7);1.0;})"], timeoutSeconds: 0.4)
    let text = message { _ = try outcomes(library) }
    #expect(
      text
        == "plugin test.fixture 1.2.3 did not return from evaluate within 0.4 s and was ended, after it had answered "
        + "7 of 12 points; next is layer \"classifier\" at W2A2. If it needs longer, raise model.timeout_s of the spec."
    )
    #expect(throws: SandboxError.self) { try outcomes(library) }
  }

  @Test(
    "gets no more memory than its limit",
    .enabled(if: SandboxLimits.limitsAddressSpace, "a build with a sanitizer has no such limit"))
  func leaks() throws {
    // Without a limit, it would go on until the machine had none left.
    let library = try sandboxed(["FIXTURE_CELL=leak()"], memory: 512 << 20)
    #expect(message { _ = try outcomes(library) }.contains("crashed (SIGSEGV"))
  }

  @Test("cannot fill this process's memory with what it prints")
  func floods() throws {
    let library = try sandboxed(
      ["FIXTURE_CELL=({for(;;)fputs(\"flood flood flood\\n\",i%2?stdout:stderr);1.0;})"], timeoutSeconds: 0.5)
    let text = message { _ = try outcomes(library) }
    #expect(text.contains("did not return from evaluate"))
    #expect(text.utf8.count < 1_000)
  }

  @Test("is reported when its code runs before anything of it is known")
  func constructors() throws {
    let crash = message { _ = try sandboxed(["FIXTURE_CONSTRUCTOR=abort()"]) }
    #expect(crash == "/plugins/libfixture.so aborted (SIGABRT) while it was loaded.")
    let print = message { _ = try sandboxed(["FIXTURE_CONSTRUCTOR=puts(\"banner\")"]) }
    #expect(print.contains("it wrote to standard output while it was loaded: \"banner\""))
  }

  @Test("that is refused gives the same error as in this process")
  func refusals() throws {
    #expect(
      message { _ = try sandboxed([], source: "not_a_plugin.c") }.contains(
        "/plugins/libfixture.so is not a plugin"))
    #expect(
      message { _ = try sandboxed(["FIXTURE_MAJOR=2"]) }.contains(
        "is built for plugin ABI 2.1, this program speaks"))
    #expect(message { _ = try sandboxed(["FIXTURE_FEATURES=32"]) }.contains("bit 5 of required_features"))
    #expect(message { _ = try sandboxed(["FIXTURE_SIZE=72"]) }.contains("haq_plugin.struct_size is 72"))
  }

  @Test("that sends what is no answer has overwritten memory, and is reported so")
  func nonsense() throws {
    // Descriptor 3 is the channel: a frame of two bytes with a tag that does not exist.
    let library = try sandboxed(["FIXTURE_CELL=(i==7?(double)write(3,\"\\2\\0\\0\\0\\377\\377\",6):1.0)"])
    #expect(
      message { _ = try outcomes(library) }.contains("destroyed memory of its process in evaluate: the frame")
    )
    let long = try sandboxed(["FIXTURE_CELL=(i==7?(double)write(3,\"\\377\\377\\377\\377\",4):1.0)"])
    #expect(message { _ = try outcomes(long) }.contains("says that it has 4294967295 bytes"))
  }
}
