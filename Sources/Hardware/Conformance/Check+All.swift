extension Check {
  /// Every check, in the order in which they are made.
  public static let all: [Check] = [
    spec("spec-valid", "S-3", "The spec says what docs/spec.md asks of it, in the words that it knows."),
    spec("sources-stated", "S-7", "The spec says where its numbers come from."),
    spec("files-trusted", "S-8", "Nobody else can change the spec, or the library, table or program."),
    spec("pin-matches", "S-8", "The library or table is the one whose SHA-256 the spec states."),

    Check(.table, "table-reads", "S-13", "The table is there, and every cell can be read."),
    Check(.table, "table-metrics", "S-22", "The table has every metric that the spec promises."),
    Check(.table, "table-batch", "S-21", "The table is for the batch of the spec."),
    Check(.table, "table-layers", "S-20", "It is known which layers the rows are about."),
    Check(
      .table, "table-complete", "S-11",
      "The layers of the table have a cost at every pair of widths that the spec promises."),
    Check(.table, "table-work", "S-23", "Every layer takes time and energy."),
    Check(.table, "table-units", "S-24", "The costs have a size that hardware can have."),
    Check(.table, "table-outliers", "S-25", "No single cost is far from those of the same layer around it."),
    Check(.table, "table-wider", "S-26", "Wider operands take no less time and energy."),

    Check(.functions, "functions-load", "S-27", "The library loads and has every function of the spec."),
    Check(.functions, "functions-answer", "S-17", "Every point has a cost within 0 ... 1e15."),
    Check(.functions, "functions-repeat", "S-28", "The same arguments give the same bits, in any order."),
    Check(
      .functions, "functions-signature", "S-18",
      "No other type of the result is the one that the checks want."),

    Check(
      .program, "program-describes", "S-33", "The program starts, and has all that the spec promises."),
    Check(
      .program, "program-answers", "S-34", "Every point has a cost within 0 ... 1e15, or a reason for none."),
    Check(
      .program, "program-repeats", "S-35",
      "A second answer, in another order, is the same; where costs are measured, within the spread."),
    Check(
      .program, "program-errors", "S-36",
      "What is no request is answered by the error malformed, and another major by incompatible."),
    Check(.program, "program-ends", "S-37", "The program ends by itself when its input ends."),

    Check(.load, "loads", "H-7", "The library loads, exports the entry, and its table can be used."),
    Check(.load, "exports-only-entry", "H-7", "The library exports nothing but the entry."),
    Check(.load, "quiet-load", "H-9", "Nothing is printed while the library is loaded."),
    Check(.load, "entry-constant", "H-9", "The entry returns the same table at every call."),
    Check(.load, "entry-fast", "H-9", "The entry returns within 10 ms."),

    Check(.version, "older-host", "H-5", "Nothing is read or written beyond the structs of version 1.0."),
    Check(.version, "newer-host", "H-6", "Longer structs, and longer layers in their array, change nothing."),
    Check(.version, "unknown-extension", "H-30", "An extension that the plugin does not know is NULL."),

    Check(
      .lifecycle, "create-destroy-1000", "H-12", "1,000 instances, made and destroyed, leave nothing behind."),
    Check(.lifecycle, "two-instances", "H-12", "An instance is not disturbed by another one."),
    Check(.lifecycle, "unknown-parameter", "H-14", "An unknown parameter is refused by name."),
    Check(.lifecycle, "short-message", "H-20", "A message stays within a buffer of 256 bytes."),

    Check(.results, "points-costed", "H-22", "Some point of the target's own layers and widths has a cost."),
    Check(.results, "status-set", "H-15", "Every point gets a status that has a meaning."),
    Check(.results, "columns-filled", "H-15", "Every promised cell is a number."),
    Check(.results, "cells-in-range", "H-23", "Every cell is within 0 ... 1e15."),
    Check(
      .results, "columns-bounded", "H-15", "Nothing is written outside of the points that were asked about."),
    Check(.results, "columns-wanted", "H-15", "A column that is NULL is left alone and changes no other."),
    Check(
      .results, "max-points-respected", "H-26",
      "A batch as large as the plugin allows, and as 3 seconds do, is answered, bit for bit."),
    Check(.results, "empty-batch", "H-15", "No points are a legal batch."),
    Check(
      .results, "output-widths", "H-41",
      "With HAQ_USES_OUTPUT_BITS, 0 is the width of the input, and every width of the output is answered."),
    Check(
      .results, "formats", "H-42",
      "With HAQ_USES_FORMATS, the target's formats have costs, and codes without a meaning have none."),

    Check(
      .extensions, "breakdown-answers", "H-31",
      "The times of a breakdown are within 0 ... 1e15, and its bound has a meaning."),
    Check(
      .extensions, "breakdown-fits", "H-31",
      "No time of a breakdown is twice the latency, and the bound takes at least a third of the longest."),
    Check(.extensions, "components-listed", "H-34", "Components have names, units and columns that fit."),
    Check(.extensions, "components-add-up", "H-34", "The components of a column add up to its cell."),
    Check(.extensions, "resources-listed", "H-35", "Resources have names, and none exceeds its capacity."),

    Check(.determinism, "repeat", "H-17", "A second call gives the same bits."),
    Check(.determinism, "order", "H-17", "Another order of points gives the same bits."),
    Check(.determinism, "split", "H-17", "A point gives the same bits in a separate batch."),
    Check(.determinism, "duplicates", "H-15", "A point that appears twice gives the same bits twice."),
    Check(.determinism, "after-error", "H-17", "A call that failed changes no later one."),
    Check(.determinism, "other-thread", "H-16", "Another thread gets the same bits."),

    Check(.threads, "parallel-instances", "H-16", "Instances work at the same time on several threads."),
    Check(
      .threads, "parallel-evaluate", "H-16", "With HAQ_REENTRANT, one instance works on several threads."),

    Check(.robustness, "layer-out-of-range", "H-15", "A layer that does not exist is HAQ_ERROR_INVALID."),
    Check(
      .robustness, "huge-dimensions", "H-26", "Layers whose products exceed 64 bits are no cost that wrapped."
    ),
    Check(.robustness, "zero-dimensions", "H-20", "Layers of nothing are answered or refused."),
    Check(
      .robustness, "other-widths", "H-22", "Widths that the target does not have are answered or refused."),
    Check(.robustness, "random-points", "H-15", "Random points are answered or refused."),
    Check(
      .robustness, "unusual-windows", "H-38",
      "Dilated layers, and those padded on one side, are costed as such or refused with a sentence."),

    Check(
      .network, "network-answers", "H-32",
      "The network as a whole has a cost within 0 ... 1e15 at all widths."),
    Check(
      .network, "network-repeat", "H-32", "In another call, order or batch, a policy gives the same bits."),
    Check(.network, "network-of-one", "H-32", "A network of one layer costs what the layer costs."),
    Check(.network, "network-malformed", "H-32", "Layers out of their order are HAQ_ERROR_INVALID."),

    Check(.physics, "wider-not-cheaper", "H-25", "Wider operands take no less time and energy."),
    Check(.physics, "work-costs", "H-25", "A layer with work takes time and energy."),
    Check(.physics, "weights-take-bytes", "H-25", "Weights take at least the bytes of their bits."),
    Check(.physics, "larger-batch-not-cheaper", "H-25", "Twice the batch takes no less time and energy."),

    Check(.reference, "reference-points", "S-9", "The spec's own checks hold."),

    Check(.manners, "prints-nothing", "H-19", "Nothing is written to standard output."),
    Check(.manners, "threads-end", "H-18", "No thread outlives its instance."),
    Check(
      .manners, "process-unchanged", "H-19",
      "Rounding, locale, folder, environment and signals stay as they are."),
    Check(.manners, "cancels", "H-29", "A cancelled call ends within a second."),
  ]

  private static func spec(_ id: String, _ rule: String, _ sentence: String) -> Check {
    Check(.spec, id, rule, sentence)
  }

  private init(_ group: Group, _ id: String, _ rule: String, _ sentence: String) {
    self.init(id: id, group: group, rule: rule, sentence: sentence)
  }
}
