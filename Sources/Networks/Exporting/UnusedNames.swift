/// Names that nothing in a graph has yet.
struct UnusedNames {
  var taken: Set<String>

  mutating func unused(_ wanted: String) -> String {
    var name = wanted
    while !taken.insert(name).inserted { name += "_" }
    return name
  }
}
