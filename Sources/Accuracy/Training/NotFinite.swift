import Datasets

/// Numbers that are infinite or no numbers, which a network made of an image, or training made of its weights.
package struct NotFinite: Error, Hashable, CustomStringConvertible {
  /// What the numbers are, such as `the input of layer "conv2"`.
  package var what: String
  /// Of which image, such as `image 3 (counted from 0), of class 2`; nil where it is no single one.
  package var image: String?

  package var description: String {
    guard let image else {
      return "\(what) is infinite or not a number; a lower learning rate may keep the training stable"
    }
    return
      "\(image): \(what) is infinite or not a number. Leave the image out, or scale images as the network was trained"
  }

  /// - Parameter layer: The first layer that reads such numbers; nil where the class scores alone are.
  init(layer: String?, image: Int, of images: LabelledImages) {
    what = layer.map { "the input of layer \"\($0)\"" } ?? "the class scores or their loss"
    self.image = images.title(of: image)
  }

  init(trainingLossOfEpoch epoch: Int) { what = "the training loss of epoch \(epoch)" }
}

extension LabelledImages {
  /// How a message names an image.
  fileprivate func title(of index: Int) -> String {
    if case .files(let files) = content { return files.paths[index] }
    return "image \(index) (counted from 0), of class \(labels[index])"
  }
}
