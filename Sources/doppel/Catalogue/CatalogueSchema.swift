import TwinCore

/// The JSON schema of the files in `twins/`, for editors that check while somebody types.
///
/// `doppel models schema` prints it and `twins/schema.json` holds it. It describes one file; what needs several (names
/// that are taken, sites within their kinds' limits) only `doppel check` sees.
enum CatalogueSchema {
    /// The whole schema as text, with a newline at its end.
    static var text: String { "\(root.json)\n" }

    private static let root: SchemaNode = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Doppel's models",
        "description": "One file of twins/kinds, twins/boards or twins/sites. Written by `doppel models schema`.",
        "oneOf": .list(files.map { ["$ref": .text("#/$defs/\($0.name)")] }),
        "$defs": .group(files),
    ]

    /// What a file can be, by the value of its member `kind`.
    private static let files = [
        SchemaNode.Member(name: "sensor", value: KindSchema.sensor),
        SchemaNode.Member(name: "actuator", value: KindSchema.actuator),
        SchemaNode.Member(name: "board", value: board),
        SchemaNode.Member(name: "site", value: site),
    ]

    /// The schema of ``BoardFile``.
    static let board: SchemaNode = group(
        "A kind of board: which pins it has and what they can do.",
        required: ["kind", "name", "pins", "pwm_channels", "maximum_sensors", "maximum_actuators"],
        [
            "kind": ["const": "board"],
            "name": wireWord("The board's name, and the file's."),
            "aliases": [
                "description": "Other words that devices use for it; devices may write them in any case.",
                "type": "array", "items": wireWord(nil), "uniqueItems": true,
            ],
            "pins": [
                "description": "The first and the last pin it has.",
                "type": "array", "items": pin(nil), "minItems": 2, "maxItems": 2,
            ],
            "reserved": pins("Pins that nothing may use."),
            "input_only": pins("Pins that can only read: never an actuator."),
            "analogue": pins("Pins whose converter works while WiFi is on."),
            "i2c": group(
                "The pins of the I²C bus; nothing else may use them.", required: ["data", "clock"],
                ["data": pin(nil), "clock": pin(nil)]),
            "one_wire": pin("The pin a 1-Wire bus is on unless told otherwise."),
            "pwm_channels": integer("How many outputs can be dimmed.", BoardFile.countBounds),
            "maximum_sensors": integer("The most sensors its firmware runs.", BoardFile.countBounds),
            "maximum_actuators": integer("The most actuators its firmware runs.", BoardFile.countBounds),
        ])

    /// The schema of ``SiteFile``.
    static let site: SchemaNode = group(
        "What a site knows better than the kinds do; it only ever narrows.", required: ["kind", "name", "devices"],
        [
            "kind": ["const": "site"],
            "name": wireWord("The site's name, and the file's."),
            "devices": [
                "description": "Its devices that have overrides, by name.",
                "type": "object",
                "propertyNames": ["pattern": "^(ESP_[0-9A-F]{6,8}|MOCK_[0-9A-Z]{1,27})$"],
                "additionalProperties": device,
            ],
        ])

    private static let device: SchemaNode = group(
        "One device.", required: [],
        [
            "board": wireWord("Its board, where it does not say so itself."),
            "sensors": [
                "description": "Its sensors, by pin, kind and address, such as 34:ph or 0:sht31_temp:68.",
                "type": "object",
                "propertyNames": ["pattern": "^[0-9]{1,2}:[a-z0-9_]{1,32}(:[0-9]{1,3}|:[0-9A-F]{16})?$"],
                "additionalProperties": sensor,
            ],
            "actuators": [
                "description": "Its actuators, by pin.",
                "type": "object",
                "propertyNames": ["pattern": "^[0-9]{1,2}$"],
                "additionalProperties": actuator,
            ],
        ])

    private static let sensor: SchemaNode = group(
        "One sensor.", required: [],
        [
            "range": [
                "description": "The plausible values, the lower bound first; within the kind's.",
                "type": "array", "items": ["type": "number"], "minItems": 2, "maxItems": 2,
            ],
            "stale_after_seconds": integer(
                "After how long without a sample the value counts as stale.", SensorOverride.staleBounds),
            "interval_seconds": integer("How often it is to measure.", SensorOverride.intervalBounds),
        ])

    private static let actuator: SchemaNode = group(
        "One actuator.", required: ["type"],
        [
            "type": wireWord("The kind whose limits are narrowed."),
            "default_seconds": integer(
                "How long an energising command lasts that names no duration.", 1...ActuatorOverride.longestLease),
            "max_on_seconds": integer("The longest lease; at most the kind's.", 1...ActuatorOverride.longestLease),
            "min_off_seconds": integer(
                "How long the output rests between two on-times; at least the kind's.",
                0...ActuatorOverride.longestLease),
        ])

    // MARK: - Pieces

    /// A group of members without any others.
    static func group(_ description: String, required: [String], _ properties: SchemaNode) -> SchemaNode {
        [
            "description": .text(description), "type": "object",
            "required": .list(required.map(SchemaNode.text)), "additionalProperties": false, "properties": properties,
        ]
    }

    /// A word as devices use it.
    static func wireWord(_ description: String?) -> SchemaNode {
        described(description, ["type": "string", "pattern": "^[a-z0-9_]{1,32}$"])
    }

    /// A whole number within bounds.
    static func integer(_ description: String?, _ bounds: ClosedRange<Int>) -> SchemaNode {
        described(
            description,
            ["type": "integer", "minimum": .integer(bounds.lowerBound), "maximum": .integer(bounds.upperBound)])
    }

    private static func pin(_ description: String?) -> SchemaNode { integer(description, 0...GPIO.maximum) }

    private static func pins(_ description: String) -> SchemaNode {
        ["description": .text(description), "type": "array", "items": pin(nil), "uniqueItems": true]
    }

    private static func described(_ description: String?, _ node: SchemaNode) -> SchemaNode {
        guard let description, case .group(let members) = node else { return node }
        return .group([Member(name: "description", value: .text(description))] + members)
    }

    private typealias Member = SchemaNode.Member
}
