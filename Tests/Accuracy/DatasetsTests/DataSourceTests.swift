import DataRequests
import Datasets
import FixtureBuilding
import Foundation
import Testing

/// Files that Debian's NumPy and Pillow wrote, so that what we read is what others write.
@Suite struct DataSourceTests {
  private let folder: TemporaryFolder

  /// Ten images of 4x3 whose pixels all equal their label's index times 10, as arrays; and as files, 40x30, by class.
  init() throws {
    folder = try TemporaryFolder()
    let script = """
      import numpy, os
      from PIL import Image
      images = numpy.repeat(numpy.arange(10, dtype=numpy.uint8) * 10, 12).reshape(10, 4, 3)
      labels = numpy.arange(10) % 2
      numpy.save("x.npy", images); numpy.save("y.npy", labels)
      numpy.save("f.npy", images.astype(numpy.float32) / 2)
      numpy.save("unclear.npy", numpy.zeros((10, 3, 4, 3), dtype=numpy.uint8))
      numpy.save("fortran.npy", numpy.asfortranarray(images))
      colour = numpy.stack([images, images + 1, images + 2], axis=3)
      numpy.savez_compressed("c.npz", x_train=colour, y_train=labels, x_test=colour[:4], y_test=labels[:4])
      random = numpy.random.RandomState(1)
      picture = Image.fromarray(random.randint(0, 256, (30, 40, 3), dtype=numpy.uint8))
      for name in ("ant", "bee"):
          os.makedirs("images/" + name)
          picture.save("images/" + name + "/a.png"); picture.save("images/" + name + "/b.JPG", "JPEG")
          picture.save("images/" + name + "/c.webp", lossless=True); picture.rotate(90, expand=True).save("images/" + name + "/d.png")
      def bytes_of(path, filter):
          image = Image.open(path).convert("RGB")
          w, h = image.size
          size = (16, int(16 * h / w)) if w <= h else (int(16 * w / h), 16)
          image = image.resize(size, filter)
          left, top = int(round((size[0] - 14) / 2.0)), int(round((size[1] - 14) / 2.0))
          return image.crop((left, top, left + 14, top + 14)).tobytes()
      for file in ("a.png", "b.JPG", "c.webp", "d.png"):
          for filter, name in ((Image.BILINEAR, "bilinear"), (Image.BICUBIC, "bicubic")):
              open(file + "." + name, "wb").write(bytes_of("images/ant/" + file, filter))
      picture.save("images/ant/a.gif")
      for name in ("ant", "bee"):
          os.makedirs("forms/" + name)
      grey, palette = picture.convert("L"), picture.convert("P", palette=Image.ADAPTIVE)
      forms = {"rgb.bmp": picture, "grey.bmp": grey, "palette.bmp": palette, "one.BMP": picture.convert("1"),
               "rgb.ppm": picture, "grey.pgm": grey, "rgb.tif": picture, "grey.tiff": grey, "palette.tif": palette,
               "one.tif": picture.convert("1"), "alpha.tif": picture.convert("RGBA")}
      for file, form in forms.items():
          form.save("forms/" + file)
          open("forms/" + file + ".rgb", "wb").write(Image.open("forms/" + file).convert("RGB").tobytes())
      for compression in ("tiff_lzw", "tiff_deflate", "packbits"):
          picture.save("forms/" + compression + ".tif", compression=compression)
          open("forms/" + compression + ".tif.rgb", "wb").write(picture.tobytes())
      Image.fromarray(random.randint(0, 65536, (5, 5)).astype(numpy.uint16)).save("forms/deep.tif")
      open("forms/deep.pgm", "wb").write(b"P5 5 5 65535\\n" + bytes(50))
      """
    let program = try folder.file("make.py", Array(script.utf8))
    let run = try CompilerRun("/usr/bin/env", ["-C", folder.url.path, "/usr/bin/python3", program])
    guard run.exitCode == 0 else { throw TemporaryFolder.Failure(reason: run.output) }
  }

  private func load(
    _ source: String, input: (Int, Int, Int) = (1, 4, 3), _ change: (inout DataRequest) -> Void = { _ in }
  ) throws -> DataSplits {
    var request = DataRequest(source: source)
    change(&request)
    return try DataSplits.load(request, input: ImageInput(channels: input.0, height: input.1, width: input.2))
  }

  private func problem(_ source: String, _ change: (inout DataRequest) -> Void = { _ in }) -> String {
    do {
      _ = try load(source, change)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a pair of arrays is split into disjoint parts that together are all of it")
  func splits() throws {
    let data = try load("\(folder.path("x.npy")),\(folder.path("y.npy"))") {
      ($0.validationShare, $0.testShare) = (0.2, 0.3)
    }
    #expect([data.training, data.validation, data.test].map(\.count) == [5, 2, 3])
    let values = [data.training, data.validation, data.test].flatMap { part in
      (0..<part.count).map { part.bytes![$0 * 12] }
    }
    #expect(values.sorted() == (0..<10).map { UInt8($0 * 10) })
    #expect(data.training.classCount == 2)
    #expect(data.name.hasSuffix("shuffled by seed 1"))
    // Labels stay with their images: image i has pixels 10 i and label i % 2.
    for index in 0..<data.training.count {
      #expect(Int32(data.training.bytes![index * 12]) / 10 % 2 == data.training.labels[index])
    }
  }

  @Test("the seed decides the parts")
  func seeds() throws {
    let source = "\(folder.path("x.npy")),\(folder.path("y.npy"))"
    let (first, again) = (try load(source), try load(source))
    #expect(first.training.bytes == again.training.bytes)
    let others = try (2...6).map { seed in try load(source) { $0.splitSeed = UInt64(seed) }.training.bytes }
    #expect(others.contains { $0 != first.training.bytes })
  }

  @Test("floats stay as they are, and normalisation subtracts and divides")
  func floats() throws {
    let data = try load("\(folder.path("f.npy")),\(folder.path("y.npy"))") {
      ($0.mean, $0.deviation) = ([5], [10])
    }
    let batch = try data.training.batch(at: 0..<data.training.count)
    // Image i holds 5 i, which becomes (5 i - 5) / 10.
    #expect(Set(batch.pixels).isSubset(of: Set((0..<10).map { (Float($0) * 5 - 5) / 10 })))
  }

  @Test("an archive with its own test split keeps it, and channels move to the front")
  func archive() throws {
    let data = try load(folder.path("c.npz"), input: (3, 4, 3)) { $0.layout = .channelsLast }
    #expect(data.test.count == 4 && data.training.count + data.validation.count == 10)
    #expect(data.test.channels == 3 && data.test.height == 4 && data.test.width == 3)
    for image in 0..<4 {
      let pixels = data.test.bytes![image * 36..<image * 36 + 36]
      let base = pixels.first!
      #expect(
        Array(pixels) == (0..<3).flatMap { channel in Array(repeating: base + UInt8(channel), count: 12) })
    }
  }

  @Test("a split of the source's own is shuffled by the seed, too")
  func ownSplit() throws {
    func firstBytes(seed: UInt64) throws -> [UInt8] {
      let data = try load(folder.path("c.npz"), input: (3, 4, 3)) {
        ($0.layout, $0.splitSeed) = (.channelsLast, seed)
      }
      return (0..<data.test.count).map { data.test.bytes![$0 * 36] }
    }
    let orders = try (1...6).map { try firstBytes(seed: $0) }
    // Image i holds 10 i.
    #expect(orders.allSatisfy { $0.sorted() == [0, 10, 20, 30] })
    #expect(orders.contains { $0 != [0, 10, 20, 30] } && Set(orders).count > 1)
  }

  @Test("labels may be missing where the float network says what is right")
  func withoutLabels() throws {
    let script = "import numpy; numpy.savez('only.npz', x=numpy.load('x.npy'))"
    let run = try CompilerRun("/usr/bin/env", ["-C", folder.url.path, "/usr/bin/python3", "-c", script])
    #expect(run.exitCode == 0)
    #expect(problem(folder.path("only.npz")).contains("--objective agreement"))
    for source in ["only.npz", "x.npy"] {
      var request = DataRequest(source: folder.path(source))
      request.objective = .agreement
      request.validationShare = 0.2
      let data = try DataSplits.load(request, input: ImageInput(channels: 1, height: 4, width: 3))
      #expect(data.training.count == 7 && data.validation.count == 2 && data.test.count == 1)
      #expect(data.name.hasSuffix("classes by the float network"))
      #expect(data.training.labels.allSatisfy { $0 == 0 })
    }
  }

  @Test("what cannot be meant is reported")
  func problems() throws {
    let (x, y) = (folder.path("x.npy"), folder.path("y.npy"))
    #expect(problem("\(folder.path("unclear.npy")),\(y)").contains("say --layout nchw or nhwc"))
    #expect(problem("\(folder.path("fortran.npy")),\(y)").contains("Fortran order"))
    #expect(problem("\(y),\(y)").contains("its images have the shape [10]"))
    #expect(problem("\(x),\(y)") { $0.classes = 1 }.contains("it has the label 1"))
    #expect(problem("\(x),\(y)") { $0.testShare = 0 }.contains("none is left for the test split"))
    #expect(problem("\(x),\(y)") { $0.mean = [1, 2, 3] }.contains("--mean has 3 values"))
    #expect(problem(x).contains("needs its labels beside it"))
    #expect(problem("no-such-data").contains("there is no data set"))
  }

  @Test("a cut or spoilt array or archive is reported", arguments: ["x.npy", "c.npz"])
  func damaged(_ name: String) throws {
    let path = folder.path(name)
    let whole = try Data(contentsOf: URL(filePath: path))
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      try whole.prefix(length).write(to: URL(filePath: path))
      #expect(problem(name == "x.npy" ? "\(path),\(folder.path("y.npy"))" : path).contains(path))
    }
  }

  @Test(
    "image files become Pillow's bytes: decoded, scaled and cut",
    arguments: ["a.png", "b.JPG", "c.webp", "d.png"], ImagePreprocessing.Interpolation.allCases)
  func images(_ file: String, _ interpolation: ImagePreprocessing.Interpolation) throws {
    let image = try DecodedImage(path: folder.path("images/ant/\(file)"))
      .prepared(Preprocessing(resize: 16, crop: 14, interpolation: interpolation))
    let expected = try Data(contentsOf: URL(filePath: folder.path("\(file).\(interpolation.rawValue)")))
    #expect(image.rgb == Array(expected))
  }

  @Test(
    "BMP, PPM, PGM and TIFF have Pillow's pixels",
    arguments: [
      "rgb.bmp", "grey.bmp", "palette.bmp", "one.BMP", "rgb.ppm", "grey.pgm", "rgb.tif", "grey.tiff",
      "palette.tif",
      "one.tif", "alpha.tif", "tiff_lzw.tif", "tiff_deflate.tif", "packbits.tif",
    ])
  func otherForms(_ file: String) throws {
    let path = folder.path("forms/\(file)")
    let image = try DecodedImage(path: path)
    #expect(image.rgb == Array(try Data(contentsOf: URL(filePath: path + ".rgb"))))
    // A file without its end is an error, never a picture with a black rest.
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    for length in [whole.count / 2, whole.count / 20, 2] {
      let cut = try folder.file("cut-\(file)", Array(whole.prefix(length)))
      #expect(throws: DatasetError.self) { try DecodedImage(path: cut) }
    }
  }

  @Test("what would lose bits is refused with the way out", arguments: ["deep.tif", "deep.pgm"])
  func deepImages(_ file: String) {
    let error = #expect(throws: DatasetError.self) { try DecodedImage(path: folder.path("forms/\(file)")) }
    #expect(error?.description.contains("16 bits") == true && error?.description.contains("write it") == true)
  }

  @Test("a folder of class folders gives images in classes, normalised as ImageNet is")
  func imageFolder() throws {
    let data = try load(folder.path("images"), input: (3, 14, 14)) {
      ($0.validationShare, $0.testShare) = (0.25, 0.25)
      $0.preprocessing.resize = 16
    }
    // Two classes of four files each; the GIF is not read.
    #expect(data.training.count + data.validation.count + data.test.count == 8)
    #expect(data.training.classCount == 2)
    let batch = try data.validation.batch(at: 0..<2)
    #expect(batch.shape == [2, 3, 14, 14])
    // The first pixel is red: back from (v - 0.485) / 0.229 it is a whole byte.
    let byte = (batch.pixels[0] * 0.229 + 0.485) * 255
    #expect(abs(byte - byte.rounded()) < 1e-3)
  }

  @Test("a damaged image is reported by name")
  func damagedImages() throws {
    for file in ["a.png", "b.JPG", "c.webp"] {
      let whole = try Data(contentsOf: URL(filePath: folder.path("images/ant/\(file)")))
      let path = try folder.file("cut-\(file)", Array(whole.prefix(whole.count / 3)))
      let error = #expect(throws: DatasetError.self) { try DecodedImage(path: path) }
      #expect(error?.description.contains(path) == true)
    }
    #expect(throws: DatasetError.self) { try DecodedImage(path: folder.path("images/ant/a.gif")) }
  }
}
