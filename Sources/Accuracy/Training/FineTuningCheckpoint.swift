import Core
import Evaluation
import Foundation
import Tensors

/// What a fine-tuning needs to go on: which job it is, its learning curve, and every number that moves.
///
/// The file is one line of JSON and then the tensors as little-endian 32-bit floats, row-major, one after the other: first
/// those that are kept, where these are the best so far, then those that move, and their velocities.
package enum FineTuningCheckpoint {
  /// What must be equal for a checkpoint to be continued.
  struct Identity: Codable, Equatable {
    var network: String
    var data: String
    /// Absent where a layer has a format that is no number of bits.
    private var policy: Policy?
    /// As text, where `policy` is absent.
    private var formats: String?
    var epochs: Int
    var batchSize: Int
    var learningRate: Double
    var warmUpEpochs: Int
    var schedule: FineTuningJob.Schedule
    var weightDecay: Double
    var seed: UInt64
    var activationClips: ActivationClips?
    private var loss: FineTuningLoss?
    private var keep: KeptEpoch?
    private var rateChoice: RateChoice?
    /// Absent where it is symmetric.
    private var activationRange: ActivationRange?

    init(_ job: FineTuningJob, of session: TrainingSession, policy: Policy, data: String) {
      (network, self.data) = (session.name, data)
      activationRange = session.activationRange == .symmetric ? nil : session.activationRange
      if policy.precisions.allSatisfy(\.isNumberOfBits) {
        self.policy = policy
      } else {
        formats = policy.text
      }
      (epochs, batchSize, learningRate) = (job.epochs, job.batchSize, job.learningRate)
      (warmUpEpochs, schedule) = (job.warmUpEpochs, job.schedule)
      (weightDecay, seed, activationClips) = (job.weightDecay, job.seed, job.activationClips)
      (loss, keep, rateChoice) = (job.loss, job.keep, job.rateChoice)
    }

    /// Whether it is that of a training of the network under the policy.
    func isOf(_ session: TrainingSession, _ other: Policy) -> Bool {
      network == session.name && policy.map { $0 == other } ?? (formats == other.text)
    }

    /// Of activations of both signs.
    var range: ActivationRange { activationRange ?? .symmetric }
  }

  /// How far a training has come, beside the numbers that it moves.
  struct Course {
    var history: [TrainingProgress] = []
    /// The peak of its rate.
    var learningRate: Double
    /// Nil where the last epoch is kept.
    var best: Best?

    /// The epoch with the best figures so far, 0 for the network before the first.
    struct Best: Codable {
      var epoch: Int
      var figures: EvaluationResult.Figures
    }
  }

  private struct Header: Codable {
    var schema: String
    var identity: Identity
    var history: [TrainingProgress]
    var counts: [Int]
    /// Both absent before 1.1.
    var learningRate: Double?
    var best: Course.Best?
  }

  private static let schema = "haq.checkpoint/1.1"
  /// Those that are read.
  private static let schemas = ["haq.checkpoint/1.0", schema]

  /// A checkpoint that cannot be continued.
  package struct Mismatch: Error, CustomStringConvertible {
    package var path: String
    package var reason: String

    package var description: String {
      "the checkpoint \(path) cannot be used: \(reason). Name another with --checkpoint, or remove it"
    }
  }

  struct File {
    let path: String

    /// Fills `tensors` from the file and gives the training's course; leaves them and gives nil when there is no file.
    func restore(_ job: FineTuningJob, _ identity: Identity, into tensors: [Tensor]) throws -> Course? {
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      let (header, numbers) = try read()
      guard header.identity == identity else {
        throw Mismatch(path: path, reason: "it belongs to another network, policy, data set or training")
      }
      guard header.counts.count == tensors.count, (job.keep == .best) == (header.best != nil) else {
        throw Mismatch(path: path, reason: "it is damaged")
      }
      try fill(tensors, header.counts, from: numbers)
      return Course(
        history: header.history, learningRate: header.learningRate ?? job.learningRate, best: header.best)
    }

    /// Fills what a training under the policy moved, whatever training it was.
    ///
    /// - Parameter tensors: Makes them for the clips that it had.
    func restore(
      of session: TrainingSession, policy: Policy, into tensors: (ActivationClips) throws -> [Tensor]
    ) throws {
      guard FileManager.default.fileExists(atPath: path) else {
        throw Mismatch(path: path, reason: "there is no such file")
      }
      let (header, numbers) = try read()
      guard header.identity.isOf(session, policy) else {
        throw Mismatch(path: path, reason: "it belongs to another network or policy")
      }
      let range = header.identity.range
      guard range == session.activationRange else {
        throw Mismatch(path: path, reason: "it was trained with --activation-range \(range.rawValue)")
      }
      let tensors = try tensors(header.identity.activationClips ?? .calibrated)
      guard header.counts.count >= tensors.count else {
        throw Mismatch(path: path, reason: "it is damaged")
      }
      try fill(tensors, header.counts, from: numbers)
    }

    private func read() throws -> (Header, numbers: Data) {
      let bytes = try Data(contentsOf: URL(filePath: path))
      guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
        let header = try? JSONDecoder().decode(Header.self, from: bytes[..<end]),
        schemas.contains(header.schema)
      else { throw Mismatch(path: path, reason: "it is not a checkpoint of this program") }
      guard bytes.count - end - 1 == header.counts.reduce(0, +) * 4 else {
        throw Mismatch(path: path, reason: "it is damaged")
      }
      return (header, bytes[(end + 1)...])
    }

    private func fill(_ tensors: [Tensor], _ counts: [Int], from numbers: Data) throws {
      var start = numbers.startIndex
      for (tensor, count) in zip(tensors, counts) {
        let values = numbers[start..<start + count * 4].withUnsafeBytes { buffer in
          (0..<count).map {
            Float(
              bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
          }
        }
        try tensor.assign(values)
        start += count * 4
      }
    }

    /// Replaces the file whole, so that a program killed in between leaves the one before.
    func save(_ identity: Identity, _ course: Course, tensors: [Tensor]) throws {
      let values = try tensors.map { try $0.values() }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      var bytes = try encoder.encode(
        Header(
          schema: schema, identity: identity, history: course.history, counts: values.map(\.count),
          learningRate: course.learningRate, best: course.best))
      bytes.append(UInt8(ascii: "\n"))
      for value in values.joined() {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      try bytes.write(to: URL(filePath: path), options: .atomic)
    }
  }
}
