import RandomNumbers
import Testing
import Validation

@Suite("rank correlations")
struct RankCorrelationTests {
  /// No ties: of 15 pairs two are out of order, (5.5, 4.4) and (1.0, 2.2).
  static let x = [3.1, 0.2, 5.5, 4.4, 1.0, 2.2]
  static let y = [2.0, 0.3, 4.0, 5.0, 1.5, 1.4]

  @Test("Kendall's tau counts pairs: (13 - 2) / 15")
  func kendall() throws {
    let tau = try #require(RankCorrelation.kendall(Self.x, Self.y))
    #expect(abs(tau - 11.0 / 15) < 1e-15)
  }

  @Test("Spearman's rho from rank differences 0 0 1 -1 -1 1: 1 - 6 x 4 / (6 x 35)")
  func spearman() throws {
    let rho = try #require(RankCorrelation.spearman(Self.x, Self.y))
    #expect(abs(rho - (1 - 24.0 / 210)) < 1e-15)
  }

  @Test("both treat ties as scipy does")
  func ties() throws {
    let x: [Double] = [1, 2, 2, 4, 5, 7, 7, 7, 9, 10]
    let y: [Double] = [2, 1, 3, 3, 6, 5, 8, 8, 7, 11]
    // SciPy 1.17.1: scipy.stats.kendalltau(x, y) and scipy.stats.spearmanr(x, y).
    let tau = try #require(RankCorrelation.kendall(x, y))
    let rho = try #require(RankCorrelation.spearman(x, y))
    #expect(abs(tau - 0.7621208131672655) < 1e-14)
    #expect(abs(rho - 0.8885832195336628) < 1e-14)
  }

  @Test("ranks share the mean of tied places")
  func ranks() {
    // 5 takes place 4; the two 2s take places 2 and 3.
    #expect(RankCorrelation.ranks([2, 5, 1, 2]) == [2.5, 4, 1, 2.5])
  }

  @Test("neither exists when one side is constant, or of fewer than two values")
  func constant() {
    #expect(RankCorrelation.kendall([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, 2, 3], [4, 4, 4]) == nil)
    #expect(RankCorrelation.kendall([1], [2]) == nil)
    #expect(RankCorrelation.spearman([], []) == nil)
  }

  @Test("the fast Kendall agrees with counting all pairs", arguments: 0..<20)
  func twin(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let count = Int.random(in: 2...80, using: &random)
    let x = (0..<count).map { _ in Double(Int.random(in: 0...12, using: &random)) }
    let y = (0..<count).map { _ in Double(Int.random(in: 0...30, using: &random)) }
    var (concordant, discordant, tiedX, tiedY) = (0, 0, 0, 0)
    for i in 0..<count {
      for j in 0..<i {
        let sign = (x[i] - x[j]) * (y[i] - y[j])
        if sign > 0 { concordant += 1 }
        if sign < 0 { discordant += 1 }
        if x[i] == x[j] { tiedX += 1 }
        if y[i] == y[j] { tiedY += 1 }
      }
    }
    let pairs = count * (count - 1) / 2
    let product = Double((pairs - tiedX) * (pairs - tiedY))
    let expected = product > 0 ? Double(concordant - discordant) / product.squareRoot() : nil
    let tau = RankCorrelation.kendall(x, y)
    #expect((tau == nil) == (expected == nil))
    if let tau, let expected { #expect(abs(tau - expected) < 1e-12) }
  }
}
