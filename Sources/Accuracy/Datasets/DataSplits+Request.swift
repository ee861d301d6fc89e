package import DataRequests
import Foundation

extension DataSplits {
  /// Reads what was asked for.
  ///
  /// - Parameter input: The images that the network takes: batches have its layout, and image files are brought to its size;
  ///   arrays have a size of their own.
  /// - Throws: `DatasetError` when anything is missing, damaged or contradictory.
  package static func load(
    _ request: DataRequest, input: ImageInput
  ) throws(DatasetError) -> DataSplits {
    if request.source == FashionMNIST.name {
      let splits = try FashionMNIST.load(from: request.folder ?? FashionMNIST.defaultFolder)
        .named(by: request)
      return try splits.adjusted(
        by: request, layout: input.layout, channelDefaults: nil, augmentation: .shiftAndMirror)
    }
    let reader = SourceReader(request: request, input: input)
    var pools = try reader.pools(of: request.source)
    func own(_ source: String) throws(DatasetError) -> LabelledImages {
      let own = try reader.pools(of: source, classes: pools.classes)
      if own.classes != nil, pools.classes == nil, request.classList == nil {
        throw .unusable(
          name: source,
          reason:
            "its classes have names, and those of \(request.source) have none; say the order with --class-list"
        )
      }
      pools.notes += own.notes
      return own.all
    }
    if let validation = request.validation { pools.validation = try own(validation) }
    if let test = request.test { pools.test = try own(test) }
    try requireAlike(pools, name: request.source)
    let parts = try split(
      pools, validationShare: request.validationShare, testShare: request.testShare,
      seed: request.splitSeed, name: request.source)
    let splits = DataSplits(
      name: "\(request.source), shuffled by seed \(request.splitSeed)" + Self.classes(of: request),
      notes: pools.notes,
      training: parts.training,
      validation: parts.validation, test: parts.test)
    let defaults = ImagePreprocessing.imageNetMean.count == input.channels && reader.isImageFolder
    return try splits.adjusted(
      by: request, layout: input.layout,
      channelDefaults: defaults
        ? (ImagePreprocessing.imageNetMean, ImagePreprocessing.imageNetDeviation) : nil,
      augmentation: reader.isImageFolder ? .shiftAndMirror : .none)
  }

  /// What reports say about the classes, if they are not those of the data.
  private static func classes(of request: DataRequest) -> String {
    !request.objective.needsLabels ? ", classes by the float network" : ""
  }

  private func named(by request: DataRequest) -> DataSplits {
    DataSplits(
      name: name + Self.classes(of: request), notes: notes, training: training, validation: validation,
      test: test)
  }

  private static func requireAlike(_ pools: Pools, name: String) throws(DatasetError) {
    for (part, images) in [("validation", pools.validation), ("test", pools.test)] {
      guard let images else { continue }
      func size(_ images: LabelledImages) -> String { "\(images.channels)x\(images.height)x\(images.width)" }
      guard size(images) == size(pools.all) else {
        throw .unusable(
          name: name, reason: "its \(part) images are \(size(images)), the others \(size(pools.all))")
      }
      guard images.classCount <= pools.all.classCount else {
        throw .unusable(
          name: name,
          reason:
            "its \(part) split has \(images.classCount) classes, its training split \(pools.all.classCount)")
      }
    }
  }

  /// With the normalisation and augmentation that the request states, and the layout of the network.
  private func adjusted(
    by request: DataRequest, layout: ImageInput.Layout, channelDefaults: (mean: [Float], deviation: [Float])?,
    augmentation: AugmentationKind
  ) throws(DatasetError) -> DataSplits {
    let channels = training.channels
    func values(_ given: [Float]?, _ standard: [Float]?, _ option: String) throws(DatasetError) -> [Float]? {
      guard let given else { return standard }
      guard given.count == 1 || given.count == channels else {
        throw .unusable(
          name: name, reason: "\(option) has \(given.count) values; its images have \(channels) channels")
      }
      return given.count == channels ? given : Array(repeating: given[0], count: channels)
    }
    let mean = try values(request.mean, channelDefaults?.mean, "--mean")
    let deviation = try values(request.deviation, channelDefaults?.deviation, "--deviation")
    let normalization =
      mean == nil && deviation == nil
      ? Normalization.none
      : Normalization(
        mean: mean ?? Array(repeating: 0, count: channels),
        deviation: deviation ?? Array(repeating: 1, count: channels))
    func normalized(_ images: LabelledImages) -> LabelledImages {
      var images = images
      images.layout = layout
      images.normalization = normalization
      images.augmentation = request.augmentation ?? augmentation
      return images
    }
    return DataSplits(
      name: name, notes: notes, training: normalized(training), validation: normalized(validation),
      test: normalized(test))
  }
}
