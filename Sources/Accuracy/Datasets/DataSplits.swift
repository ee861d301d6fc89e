/// A data set in three disjoint parts.
package struct DataSplits: Sendable {
  /// What the data is, and by which seed it was split, for reports.
  package let name: String
  /// For weights, calibration and fine-tuning.
  package let training: LabelledImages
  /// For every decision that a search takes.
  package let validation: LabelledImages
  /// For final reports only.
  package let test: LabelledImages

  package init(
    name: String, training: LabelledImages, validation: LabelledImages, test: LabelledImages
  ) {
    self.name = name
    self.training = training
    self.validation = validation
    self.test = test
  }
}
