internal import Foundation

/// 1 / (1 + exp(-x)), computed in double precision.
func sigmoid<Scalar: BLASScalar>(_ x: Scalar) -> Scalar { Scalar(1 / (1 + exp(-Double(x)))) }
