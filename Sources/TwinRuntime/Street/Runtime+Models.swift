import Logging
public import TwinCore

extension Runtime {
    /// Takes another catalogue into use from the next turn on, or notes why the files as they are were not taken in.
    ///
    /// Called on the loop. A turn takes the catalogue once at its beginning, so no batch meets two.
    ///
    /// - Parameters:
    ///   - catalogue: The models as the files are now; `nil` when they have mistakes.
    ///   - problems: The mistakes, each with file and line.
    public func adopt(_ catalogue: Catalogue?, problems: [String]) {
        modelProblems = problems
        guard let catalogue else {
            return logger.error(
                "The models were changed and have mistakes: the ones before stay in use.",
                metadata: ["problems": "\(problems.joined(separator: "; "))"])
        }
        guard catalogue.stamp != self.catalogue.stamp else { return }
        self.catalogue = catalogue
        let moment = loop.moment
        modelsSince = moment.time
        note(.catalogueLoaded(catalogue.stamp), at: moment)
        logger.notice(
            "Other models are in use.",
            metadata: [
                "digest": "\(catalogue.stamp.digest.prefix(12))", "sensor_kinds": "\(catalogue.sensorKinds.count)",
                "actuator_kinds": "\(catalogue.actuatorKinds.count)",
            ])
        commitIfIdle()
    }

    /// The models in use.
    func models() -> CatalogueView {
        CatalogueView(catalogue: catalogue, since: modelsSince, problems: modelProblems)
    }
}
