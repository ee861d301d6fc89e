import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

extension StudyReport {
  /// What was found, against the reference, and against the best uniform policy: three sentences; and what failed.
  var summary: [String] { findings + [failures].compactMap(\.self) }

  private var failures: String? {
    guard failedCount > 0 else { return nil }
    return
      "The evaluator failed on \(Quantity.counted(failedCount, "policy", "policies")), of which nothing is known."
  }

  private var findings: [String] {
    guard let result else { return [soFar] }
    guard let test = result.searched.test?.figures else { return [soFar] }
    return [found(result.searched, test)]
      + [result.comparison?.eightBit.flatMap { againstReference($0, test) }].compactMap(\.self)
      + [
        result.comparison?.bestUniform.flatMap {
          againstUniform($0, test, isMinimised: result.minimized != nil)
        }
      ]
      .compactMap(\.self)
  }

  private var soFar: String {
    let accuracy = line.bestAccuracy.map { Quantity.accuracy($0) } ?? "unknown \(accuracyWord)"
    return
      "The search is \(line.state) after \(Quantity.counted(episodes.count, "policy", "policies")); the best so far has \(accuracy) on the "
      + "\(line.bestSamples.map { "\($0) " } ?? "")validation samples of the search and \(amount(cost(of: best))), and nothing is compared until the search ends."
  }

  private func found(_ searched: SearchDocument.Contender, _ test: EvaluationResult.Figures) -> String {
    let limit = limit.map { ", within the limit of \(text($0))" } ?? ""
    return "The searched policy has \(test.percent) \(accuracyName) on \(test.samples) test samples and "
      + "\(amount(searched.cost[metric]))\(limit)."
  }

  private func againstReference(_ eightBit: SearchDocument.Contender, _ test: EvaluationResult.Figures)
    -> String?
  {
    guard let other = eightBit.test?.figures, let cost = eightBit.cost[metric] else {
      return nil
    }
    return "Uniform \(reference.title) has \(other.percent) and \(text(cost)): the searched policy is "
      + "\(points(test, over: other, result?.difference(.searched, less: .eightBit))) and takes \(share(self.cost(of: best))) of the \(metric.title)."
  }

  private func againstUniform(
    _ uniform: SearchDocument.Contender, _ test: EvaluationResult.Figures, isMinimised: Bool
  ) -> String? {
    guard let other = uniform.test?.figures, let cost = uniform.cost[metric] else { return nil }
    let which =
      isMinimised
      ? "cheapest uniform policy of enough \(accuracyWord)" : "best uniform policy within the limits"
    return
      "The \(which), \(uniform.precision ?? "uniform"), has \(other.percent) and \(text(cost)): the searched "
      + "policy is \(points(test, over: other, result?.difference(.searched, less: .bestUniform)))."
  }

  private func amount(_ cost: Double?) -> String {
    "\(text(cost)) of \(metric.title)"
      + (referenceCost == nil ? "" : " (\(share(cost)) of uniform \(reference.title))")
  }

  /// With twice the standard error of the difference, since both accuracies are of samples.
  ///
  /// - Parameter paired: The difference on the same samples; where an evaluator does not say which samples are right,
  ///   the error is that of two separate sets, an upper estimate where both policies tend to err on the same ones.
  private func points(
    _ one: EvaluationResult.Figures, over other: EvaluationResult.Figures, _ paired: PairedDifference?
  ) -> String {
    let difference = (one.accuracy - other.accuracy) * 100
    func variance(_ result: EvaluationResult.Figures) -> Double {
      result.accuracy * (1 - result.accuracy) / Double(max(result.samples, 1))
    }
    let error = 200 * (paired?.standardError ?? (variance(one) + variance(other)).squareRoot())
    let word = difference >= 0 ? "above" : "below"
    return String(
      format: "%.2f points %@ it (two standard errors, %@: %.2f)", abs(difference), word,
      paired == nil ? "unpaired" : "paired", error)
  }
}
