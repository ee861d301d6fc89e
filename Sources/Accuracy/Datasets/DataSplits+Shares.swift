import RandomNumbers

extension DataSplits {
  /// Parts of one data set that has some of its own splits, or none.
  package struct Pools {
    package var all: LabelledImages
    package var validation: LabelledImages?
    package var test: LabelledImages?
    /// The names of the classes, where the source has names.
    package var classes: ClassList?
    /// What was used and left out, a sentence for each folder.
    package var notes: [String] = []

    package init(all: LabelledImages, validation: LabelledImages? = nil, test: LabelledImages? = nil) {
      self.all = all
      self.validation = validation
      self.test = test
    }
  }

  /// Takes the missing splits out of `pools.all`, and shuffles every split, all by `seed`.
  ///
  /// Shuffled, because the first images of a split must represent all of it, and files are often sorted by class.
  package static func split(
    _ pools: Pools, validationShare: Double, testShare: Double, seed: UInt64, name: String
  ) throws(DatasetError) -> (training: LabelledImages, validation: LabelledImages, test: LabelledImages) {
    let count = pools.all.count
    var generator = SeededGenerator(seed: seed)
    var order = Array(0..<count).shuffled(using: &generator)
    func take(_ share: Double) -> [Int] {
      let taken = Array(order.prefix(Int((Double(count) * share).rounded())))
      order.removeFirst(taken.count)
      return taken
    }
    let test = pools.test == nil ? take(testShare) : nil
    let validation = pools.validation == nil ? take(validationShare) : nil
    for (part, indices) in [("test", test), ("validation", validation), ("training", order)] {
      guard indices?.isEmpty != true else {
        throw .unusable(
          name: name,
          reason:
            "of \(count) images none is left for the \(part) split; change the shares, or give the split its own data"
        )
      }
    }
    func part(_ taken: [Int]?, own: LabelledImages?) -> LabelledImages {
      if let taken { return pools.all.picking(taken) }
      return own!.picking(Array(0..<own!.count).shuffled(using: &generator))
    }
    return (
      pools.all.picking(order), part(validation, own: pools.validation), part(test, own: pools.test)
    )
  }
}
