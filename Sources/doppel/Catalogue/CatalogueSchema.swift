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
        "type": "object",
        "required": ["kind"],
        "oneOf": .list(files.map { ["$ref": .text("#/$defs/\($0.name)")] }),
        "$defs": .group(files),
    ]

    /// What a file can be, by the value of its member `kind`.
    private static let files = [
        SchemaNode.Member(name: "sensor", value: KindSchema.sensor),
        SchemaNode.Member(name: "actuator", value: KindSchema.actuator),
        SchemaNode.Member(name: "board", value: Form.group(BoardForm.board).schema),
        SchemaNode.Member(name: "site", value: site),
    ]

    private static let site = Form.group(SiteForm.site).schema.adding(
        "devices",
        map(
            "Its devices that have overrides, by name", of: device,
            names: "^\(Form.deviceName)$"), isRequired: true)

    private static let device = Form.group(SiteForm.device).schema
        .adding(
            "sensors",
            map(
                "Its sensors, by pin, kind and address, such as 34:ph or 0:sht31_temp:68",
                of: Form.group(SiteForm.sensor).schema,
                names: "^[0-9]{1,2}:[a-z0-9_]{1,32}(:[0-9]{1,3}|:[0-9A-F]{16})?$"), isRequired: false
        )
        .adding(
            "actuators",
            map("Its actuators, by pin", of: Form.group(SiteForm.actuator).schema, names: "^[0-9]{1,2}$"),
            isRequired: false)

    /// A group whose members have any names of a pattern, and all the same schema.
    private static func map(_ text: String, of value: SchemaNode, names: String) -> SchemaNode {
        [
            "description": .text(text), "type": "object", "propertyNames": ["pattern": .text(names)],
            "additionalProperties": value,
        ]
    }
}

extension SchemaNode {
    /// A group's schema with one more member.
    fileprivate func adding(_ name: String, _ schema: SchemaNode, isRequired: Bool) -> SchemaNode {
        guard case .group(let parts) = self else { preconditionFailure("no schema of a group: \(self)") }
        return .group(
            parts.map { part in
                switch (part.name, part.value) {
                case ("properties", .group(let members)):
                    Member(name: part.name, value: .group(members + [Member(name: name, value: schema)]))
                case ("required", .list(let names)) where isRequired:
                    Member(name: part.name, value: .list(names + [.text(name)]))
                default: part
                }
            })
    }
}
