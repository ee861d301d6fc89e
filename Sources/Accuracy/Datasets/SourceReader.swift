import Arrays
import DataRequests
import Foundation

/// Reads one source of a request, in any of its forms.
struct SourceReader {
  let request: DataRequest
  let input: ImageInput

  /// Whether the main source is a folder of image files.
  var isImageFolder: Bool {
    FolderEntry.isFolder(request.source) && Self.mnistFile("train-images", in: request.source) == nil
  }

  /// - Parameter classes: Those of the main source, for data of a split; nil when the main source is read, or names none.
  func pools(of source: String, classes: ClassList? = nil) throws(DatasetError) -> DataSplits.Pools {
    let parts = source.split(separator: ",").map(String.init)
    if parts.count == 2 { return .init(all: try pair(images: parts[0], labels: parts[1], name: source)) }
    if source.hasSuffix(".npz") { return try archive(source) }
    if isUnlabelled, source.hasSuffix(".npy") {
      return .init(all: try unlabelled(try NumPyArray(file: source), name: source))
    }
    guard FolderEntry.isFolder(source) else {
      throw .unknown(
        name: source,
        suggestion: FileManager.default.fileExists(atPath: source)
          ? "A file of images needs its labels beside it: IMAGES,LABELS. An .npy file needs none with --objective agreement."
          : nil)
    }
    if let images = Self.mnistFile("train-images", in: source) {
      return try mnistFolder(source, trainingImages: images)
    }
    return try imageFolder(source, classes: classes)
  }

  private func pair(images: String, labels: String, name: String) throws(DatasetError) -> LabelledImages {
    switch (images.hasSuffix(".npy"), labels.hasSuffix(".npy")) {
    case (true, true):
      return try LabelledImages(
        images: try NumPyArray(file: images), labels: try NumPyArray(file: labels), layout: request.layout,
        classes: request.classes,
        name: name)
    case (false, false): return try idx(images: images, labels: labels, name: name)
    default: throw .unusable(name: name, reason: "one of its files is .npy, the other is not")
    }
  }

  private func idx(images: String, labels: String, name: String) throws(DatasetError) -> LabelledImages {
    let (pixels, classes) = (try IDXFile(path: images), try IDXFile(path: labels))
    guard pixels.dimensions.count == 3 else {
      throw .malformed(path: images, reason: "it holds \(pixels.dimensions); images have three dimensions")
    }
    guard classes.dimensions == [pixels.dimensions[0]] else {
      throw .malformed(
        path: labels, reason: "it holds \(classes.dimensions), and there are \(pixels.dimensions[0]) images")
    }
    return try LabelledImages(
      channels: 1, height: pixels.dimensions[1], width: pixels.dimensions[2], content: .bytes(pixels.bytes),
      labels: classes.bytes.map(Int32.init), classes: request.classes, name: name)
  }

  /// The four files of the MNIST family under their usual names.
  private func mnistFolder(_ folder: String, trainingImages: String) throws(DatasetError) -> DataSplits.Pools
  {
    func file(_ prefix: String) throws(DatasetError) -> String {
      guard let path = Self.mnistFile(prefix, in: folder) else {
        throw .malformed(path: folder, reason: "it holds no \(prefix)-idx*-ubyte or .gz file")
      }
      return path
    }
    return .init(
      all: try idx(images: trainingImages, labels: try file("train-labels"), name: folder),
      test: try idx(images: try file("t10k-images"), labels: try file("t10k-labels"), name: folder))
  }

  /// Pairs of names that people save images and labels under, for all samples or for one split.
  private func archive(_ path: String) throws(DatasetError) -> DataSplits.Pools {
    let archive = try NumPyArchive(path: path)
    func first(_ pairs: [(String, String)]) throws(DatasetError) -> LabelledImages? {
      guard
        let (images, labels) = pairs.first(where: {
          archive.names.contains($0.0) && archive.names.contains($0.1)
        })
      else {
        guard isUnlabelled, let images = pairs.map(\.0).first(where: archive.names.contains) else {
          return nil
        }
        return try unlabelled(try archive.array(images), name: path)
      }
      return try LabelledImages(
        images: archive.array(images), labels: archive.array(labels), layout: request.layout,
        classes: request.classes, name: path)
    }
    func split(_ names: [String]) throws(DatasetError) -> LabelledImages? {
      try first(names.flatMap { [("x_\($0)", "y_\($0)"), ("\($0)_images", "\($0)_labels")] })
    }
    var all = try first([("images", "labels"), ("x", "y")])
    if all == nil { all = try split(["train"]) }
    guard let all else {
      throw .malformed(
        path: path,
        reason:
          "it holds \(archive.names.joined(separator: ", ")); name the arrays images and labels, x and y, "
          + "or x_train and y_train; labels may be missing with --objective agreement")
    }
    return .init(all: all, validation: try split(["val", "validation"]), test: try split(["test"]))
  }

  private var isUnlabelled: Bool { !request.objective.needsLabels }

  /// Images that all have the label 0.
  private func unlabelled(_ images: NumPyArray, name: String) throws(DatasetError) -> LabelledImages {
    try LabelledImages(
      images: images, labels: nil, layout: request.layout, classes: nil, name: name)
  }

  private static let validationNames = ["val", "valid", "validation"]
  private static let testNames = ["test"]

  /// Class folders, or folders `train`, `val` and `test` of class folders; with `val` alone, it is the test split, as for ImageNet.
  ///
  /// All have the labels of one list of names: `--class-list`, else `classes`, else the class folders of `train`.
  private func imageFolder(_ folder: String, classes: ClassList?) throws(DatasetError) -> DataSplits.Pools {
    let preprocessing = try preprocessing(of: folder)
    func part(_ names: [String]) -> String? {
      names.map { "\(folder)/\($0)" }.first(where: FolderEntry.isFolder)
    }
    let parts = (
      training: part(["train"]), validation: part(Self.validationNames), test: part(Self.testNames)
    )
    let main = parts.training ?? folder
    if !isUnlabelled, parts.training == nil, let part = parts.validation ?? parts.test {
      try requireClass(part, of: folder)
    }
    let classes = isUnlabelled ? ClassList.unknown(in: main) : try names(classes, orFoldersOf: main)
    var census: [String] = []
    func images(_ path: String) throws(DatasetError) -> LabelledImages {
      let folder =
        isUnlabelled
        ? try ImageFolder(unlabelled: path, skipUnreadable: request.skipsUnreadable)
        : try ImageFolder(path: path, classes: classes, skipUnreadable: request.skipsUnreadable)
      census.append(folder.census.text(of: path))
      return folder.images(shape: input, preprocessing: preprocessing)
    }
    var pools = DataSplits.Pools(all: try images(main))
    if parts.training != nil {
      let validation = try parts.validation.map(images)
      pools.test = try parts.test.map(images) ?? validation
      if parts.test != nil { pools.validation = validation }
    }
    (pools.classes, pools.notes) = (classes, census)
    return pools
  }

  private func names(
    _ classes: ClassList?, orFoldersOf folder: String
  ) throws(DatasetError) -> ClassList {
    if let file = request.classList { return try ClassList(file: file) }
    if let classes { return classes }
    return try ClassList(foldersOf: folder)
  }

  /// A folder with a split's name and no `train` beside it is a class only where class folders lie beside it.
  private func requireClass(_ part: String, of folder: String) throws(DatasetError) {
    let beside = try FolderEntry.visible(in: folder).filter(\.isFolder).map(\.name)
    guard Set(beside).isSubset(of: Self.validationNames + Self.testNames) else { return }
    throw .malformed(
      path: folder,
      reason:
        "it holds \(beside.joined(separator: " and ")), and no train; name the folder to calibrate with as --data, "
        + "such as \(part), and others as --validation-data and --test-data")
  }

  private func preprocessing(of folder: String) throws(DatasetError) -> Preprocessing {
    guard input.height == input.width, [1, 3].contains(input.channels) else {
      throw .unusable(
        name: folder,
        reason: "image files are cut square, grey or in three colors; the network takes "
          + "\(input.channels)x\(input.height)x\(input.width)")
    }
    let crop = request.preprocessing.crop ?? input.height
    let resize = request.preprocessing.resize ?? Int((Double(crop) / 0.875).rounded())
    guard crop == input.height else {
      throw .unusable(name: folder, reason: "--crop is \(crop), and the network takes \(input.height) pixels")
    }
    guard resize >= crop else {
      throw .unusable(name: folder, reason: "--resize \(resize) is less than the crop of \(crop) pixels")
    }
    return Preprocessing(resize: resize, crop: crop, interpolation: request.preprocessing.interpolation)
  }

  private static func mnistFile(_ prefix: String, in folder: String) -> String? {
    ["idx3", "idx1"].flatMap { ["\(folder)/\(prefix)-\($0)-ubyte", "\(folder)/\(prefix)-\($0)-ubyte.gz"] }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
