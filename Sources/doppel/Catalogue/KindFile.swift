import TwinCore
import Yams

/// One file of `twins/kinds/`: reads it into a kind and notes everything that is wrong with it.
struct KindFile {
    /// What a file can describe.
    enum Kind {
        case sensor(SensorKind)
        case actuator(ActuatorKind)
    }

    /// The kind; `nil` where a problem stands in its way.
    var kind: Kind?
    /// Every word that devices may use for it, and where the file says so.
    private(set) var words: [(word: String, place: String)] = []
    /// The other sensor kinds it names, and where.
    var references: [(word: String, place: String)] = []
    /// The sensors that its limits read.
    var sensorUses: [SensorUse] = []
    /// Where it says which chip it belongs to.
    var chipPlace: String?
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    var reader: MemberReader
    let version: UInt32

    /// Reads the file whose parsed text is given.
    ///
    /// - Parameters:
    ///   - fileName: The kind's name and `.yaml`, or the name, what it describes, and `.yaml`.
    ///   - version: The first 32 bits of the SHA-256 of the file's bytes.
    init(_ yaml: YAMLText, fileName: String, version: UInt32 = 0) {
        self.version = version
        reader = MemberReader(yaml)
        guard reader.isGroup, let sort = reader.word("kind", among: ["sensor", "actuator"]) else { return }
        let members = reader.read(sort == "sensor" ? KindForm.sensor : KindForm.actuator)
        if let name = members.text("name") {
            words.append((name, reader.place("name")))
            // A sensor and an actuator may have one name: then one of the files says which it is.
            if fileName != "\(name).yaml", fileName != "\(name).\(sort).yaml" {
                reader.note("name", "is '\(name)', so the file must be called '\(name).yaml'")
            }
        }
        if sort == "sensor" {
            words += reader.wordPlaces("aliases")
            makeSensor(members)
        } else {
            makeActuator(members)
        }
    }
}

extension MemberReader {
    /// The words of a list that was read before, and where each stands.
    func wordPlaces(_ name: String) -> [(word: String, place: String)] {
        guard case .sequence(let items)? = members?[name] else { return [] }
        return items.compactMap { item in item.scalar.map { ($0.string, yaml.place(of: item)) } }
    }
}
