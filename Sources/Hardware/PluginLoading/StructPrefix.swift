/// Copies a struct whose author may know fewer or more fields than we do: rule H-5, in this one place.
///
/// The first `min(claimedSize, ours)` bytes are theirs, the rest is `zero`: what an older author
/// does not know is absent, and what a newer one added is not read.
///
/// Invariant of the caller: `pointer` is readable for `claimedSize` bytes, and the all-zero value
/// of `Struct` is legal; both hold for the structs of haq_plugin.h, which are plain C.
func copyOfPrefix<Struct: BitwiseCopyable>(
  of pointer: UnsafePointer<Struct>, claimedSize: UInt32, into zero: Struct
) -> Struct {
  var copy = zero
  withUnsafeMutableBytes(of: &copy) { ours in
    ours.copyMemory(
      from: UnsafeRawBufferPointer(start: pointer, count: min(Int(claimedSize), ours.count)))
  }
  return copy
}
