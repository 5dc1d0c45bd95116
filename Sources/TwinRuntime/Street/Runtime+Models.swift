public import TwinCore

extension Runtime {
    /// Takes a catalogue into use from the next turn on, and notes why the files as they are now are not in use.
    ///
    /// Called on the loop. A turn takes the catalogue once at its beginning, so no batch meets two.
    ///
    /// - Parameters:
    ///   - catalogue: The models that are to be in use.
    ///   - problems: The files' mistakes, each with file and line; empty when the catalogue is what they say.
    public func adopt(_ catalogue: Catalogue, problems: [String]) {
        modelProblems = problems
        guard catalogue.stamp != self.catalogue.stamp else { return }
        self.catalogue = catalogue
        let moment = loop.moment
        modelsSince = moment.time
        note(.catalogueLoaded(catalogue.stamp), at: moment)
        boundWishes(at: moment)
        commitIfIdle()
    }

    /// The models in use.
    func models() -> CatalogueView {
        CatalogueView(catalogue: catalogue, since: modelsSince, problems: modelProblems)
    }
}
