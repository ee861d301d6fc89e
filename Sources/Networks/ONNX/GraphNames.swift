import Networks

// Foundation has classes of these names; within this module they mean parts of a graph.
typealias Operation = Networks.Operation
typealias Dimension = Networks.Dimension
