/// A data set in three disjoint parts.
package struct DataSplits: Sendable {
  /// What the data is, and by which seed it was split, for reports.
  package let name: String
  /// What was used of the files and what was left out, a sentence each.
  package let notes: [String]
  /// For weights, calibration and fine-tuning.
  package let training: LabelledImages
  /// For every decision that a search takes.
  package let validation: LabelledImages
  /// For final reports only.
  package let test: LabelledImages

  package init(
    name: String, notes: [String] = [], training: LabelledImages, validation: LabelledImages,
    test: LabelledImages
  ) {
    self.name = name
    self.notes = notes
    self.training = training
    self.validation = validation
    self.test = test
  }
}
