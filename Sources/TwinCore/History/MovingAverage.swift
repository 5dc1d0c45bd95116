/// The mean of an item and of those before it.
///
/// It trails rather than being centred, so that a later value never changes what an earlier item showed.
public enum MovingAverage {
    /// One item, as far as it matters.
    public struct Item: Sendable, Equatable {
        /// What is averaged; `nil` where there is nothing to take in.
        public var value: Double?
        /// Its unit; values of different units have no common mean.
        public var unit: String

        /// Puts an item together.
        public init(_ value: Double?, unit: String) {
            self.value = value
            self.unit = unit
        }
    }

    /// For each item the mean over itself and the `width` - 1 items before it; `nil` where it has no value itself.
    ///
    /// Items without a value, or in another unit than the one that is shown, take their place and count for nothing.
    ///
    /// - Parameters:
    ///   - items: The items, oldest first.
    ///   - width: Over how many items.
    public static func trailing(_ items: [Item], over width: Int) -> [Double?] {
        items.indices.map { index in
            guard items[index].value != nil else { return nil }
            // A sum that runs on from item to item would gather the errors of all of them.
            var (sum, count) = (0.0, 0)
            for item in items[max(0, index - width + 1)...index] where item.unit == items[index].unit {
                guard let value = item.value else { continue }
                sum += value
                count += 1
            }
            return sum / Double(count)
        }
    }
}
