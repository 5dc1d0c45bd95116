import TwinCore

/// The format of a kind's file as JSON schema (draft 2020-12), so that editors can check it while somebody writes.
enum KindSchema {
    /// A sensor's.
    static let sensor: SchemaNode = Form.group(KindForm.sensor).schema
    /// An actuator's.
    static let actuator: SchemaNode = Form.group(KindForm.actuator).schema
}

extension Form {
    /// The schema of what the form allows.
    var schema: SchemaNode {
        switch self {
        case .word(let words): ["enum": .words(words)]
        case .wireWord: Self.wireWordSchema
        case .wireWords: ["type": "array", "items": Self.wireWordSchema]
        case .words(let words):
            ["type": "array", "items": ["enum": .words(words)], "minItems": 1, "uniqueItems": true]
        case .text(let length):
            ["type": "string", "minLength": .integer(length.lowerBound), "maxLength": .integer(length.upperBound)]
        case .integer(let bounds): Self.schema(ofInteger: bounds)
        case .integerOrWord(let bounds, let word): ["oneOf": [Self.schema(ofInteger: bounds), ["const": .text(word)]]]
        case .number: ["type": "number"]
        case .positiveNumber: ["type": "number", "exclusiveMinimum": 0]
        case .share: ["type": "number", "exclusiveMinimum": 0, "maximum": 1]
        case .shareRange: Self.list(["type": "number", "minimum": 0, "maximum": 1], 2...2)
        case .range: Self.list(["type": "number"], 2...2)
        case .integerRange(let bounds): Self.list(Self.schema(ofInteger: bounds), 2...2)
        case .pins: ["type": "array", "items": Self.schema(ofInteger: 0...GPIO.maximum), "uniqueItems": true]
        case .device: Self.deviceSchema
        case .devices(let count): Self.list(Self.deviceSchema, count, isUnique: true)
        case .output: Self.outputSchema
        case .outputs(let count): Self.list(Self.outputSchema, count, isUnique: true)
        case .numbers(let count): Self.list(["type": "number"], count)
        case .points(let count): Self.list(Self.list(["type": "number"], 2...2), count)
        case .band: Self.bandSchema
        case .nothing: ["type": "null"]
        case .group(let members): Self.object(members)
        case .groups(let members, let count): Self.list(Self.object(members), count)
        case .choices(let members, let others, let count):
            Self.list(["oneOf": .list(members.flatMap { Self.choice($0, others) })], count)
        }
    }

    private static let wireWordSchema: SchemaNode = ["type": "string", "pattern": "^[a-z0-9_]{1,32}$"]

    /// What a device's name looks like, as a regular expression without its ends.
    static let deviceName = "(ESP_[0-9A-F]{6,8}|MOCK_[0-9A-Z]{1,27})"

    private static let deviceSchema: SchemaNode = ["type": "string", "pattern": .text("^\(deviceName)$")]
    private static let outputSchema: SchemaNode = ["type": "string", "pattern": .text("^\(deviceName)/[0-9]{1,2}$")]

    private static let bandSchema: SchemaNode = [
        "oneOf": [
            ["const": "otherwise"], list(["type": "number"], 2...2),
            object([MemberForm("below", .number, "The bound does not belong to it")]),
            object([MemberForm("above", .number, "The bound does not belong to it")]),
        ]
    ]

    private static func schema(ofInteger bounds: ClosedRange<Int>) -> SchemaNode {
        ["type": "integer", "minimum": .integer(bounds.lowerBound), "maximum": .integer(bounds.upperBound)]
    }

    private static func list(
        _ items: SchemaNode, _ count: ClosedRange<Int>, isUnique: Bool = false
    ) -> SchemaNode {
        let schema: [SchemaNode.Member] = [
            SchemaNode.Member(name: "type", value: "array"), SchemaNode.Member(name: "items", value: items),
            SchemaNode.Member(name: "minItems", value: .integer(count.lowerBound)),
            SchemaNode.Member(name: "maxItems", value: .integer(count.upperBound)),
        ]
        return .group(isUnique ? schema + [SchemaNode.Member(name: "uniqueItems", value: true)] : schema)
    }

    private static func object(_ members: [MemberForm]) -> SchemaNode {
        [
            "type": "object",
            "properties": .group(members.map { SchemaNode.Member(name: $0.name, value: $0.schema) }),
            "required": .words(members.filter(\.isRequired).map(\.name)),
            "additionalProperties": false,
        ]
    }

    /// A group of one member with some others, or its name alone where that is enough.
    private static func choice(_ member: MemberForm, _ others: [MemberForm]) -> [SchemaNode] {
        let group = object([member] + others)
        guard member.standsAlone else { return [group] }
        return [["const": .text(member.name), "description": .text(member.text)], group]
    }
}

extension MemberForm {
    /// The member's schema with what it says.
    fileprivate var schema: SchemaNode {
        guard case .group(let members) = form.schema else { return form.schema }
        return .group([SchemaNode.Member(name: "description", value: .text(text))] + members)
    }
}

extension SchemaNode {
    fileprivate static func words(_ words: [String]) -> SchemaNode { .list(words.map(SchemaNode.text)) }
}
