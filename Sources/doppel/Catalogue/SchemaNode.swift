/// A piece of a JSON schema; members keep their order, so the generated file is the same every time.
indirect enum SchemaNode: Sendable, Equatable {
    case text(String)
    case number(Double)
    case integer(Int)
    case boolean(Bool)
    case list([SchemaNode])
    case group([Member])

    /// One member of a group.
    struct Member: Sendable, Equatable {
        let name: String
        let value: SchemaNode
    }
}

extension SchemaNode: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral isTrue: Bool) { self = .boolean(isTrue) }
    init(integerLiteral number: Int) { self = .integer(number) }
    init(floatLiteral number: Double) { self = .number(number) }
    init(arrayLiteral items: SchemaNode...) { self = .list(items) }
    init(dictionaryLiteral members: (String, SchemaNode)...) {
        self = .group(members.map { Member(name: $0.0, value: $0.1) })
    }
}
