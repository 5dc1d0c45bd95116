import Testing

@testable import World

@Suite struct TopicFilterTests {
    @Test(arguments: [
        ("kaiser/god/esp/ESP_7C19F2/config", "kaiser/god/esp/ESP_7C19F2/config"),
        ("kaiser/+/esp/+/config", "kaiser/god/esp/ESP_7C19F2/config"), ("+/+", "a/b"), ("+/+", "/b"), ("+", "a"),
        ("#", "a"), ("#", "a/b/c"), ("#", "/"), ("a/#", "a/b"), ("a/#", "a/b/c/d"), ("a/#", "a"), ("a/#", "a/"),
        ("a/+/#", "a/b"), ("a/+", "a/"), ("/a", "/a"),
    ])
    func `a filter matches`(filter: String, topic: String) {
        #expect(TopicFilter(filter).matches(topic))
    }

    @Test(arguments: [
        ("kaiser/god/esp/ESP_7C19F2/config", "kaiser/god/esp/ESP_7C19F3/config"), ("a", "a/b"), ("a/b", "a"),
        ("a/+", "a"), ("a/+", "a/b/c"), ("+", "a/b"), ("+", "/a"), ("a/#", "ab"), ("a/#", "b/a"), ("a", "A"),
        ("a/+/c", "a/b/d"), ("a/", "a"), ("a/b/#", "a"),
    ])
    func `a filter does not match`(filter: String, topic: String) {
        #expect(!TopicFilter(filter).matches(topic))
    }
}
