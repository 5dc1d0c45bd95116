import TwinCore

extension Desired {
    /// Everything that is wrong with the wish on a board; `nil` where nothing is known of the board.
    func judged(on board: Board?) -> [ConfigurationProblem] { [] }
}
