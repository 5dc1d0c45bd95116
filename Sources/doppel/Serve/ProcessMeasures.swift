import EventLoop
import Foundation
import Glibc
import TwinRuntime

/// What the process and its loop cost.
enum ProcessMeasures {
    /// Lengths of the loop's turns, memory and CPU time, as measurements.
    static func measurements(of loop: EventLoop) -> [TwinRuntime.Measurement] {
        let lag = loop.lag
        let turns = [50, 99, 100].map { percent in
            TwinRuntime.Measurement(
                "doppel_loop_turn_microseconds", help: "Length of the loop's turns, by percentile.", kind: .gauge,
                labels: [("percentile", "\(percent)")],
                value: Double(percent == 100 ? lag.max : lag.percentile(Double(percent))))
        }
        return turns + [
            TwinRuntime.Measurement(
                "doppel_resident_memory_bytes", help: "Resident memory.", kind: .gauge, value: Double(residentBytes)),
            TwinRuntime.Measurement(
                "doppel_anonymous_memory_bytes", help: "Resident memory that no file stands behind.", kind: .gauge,
                value: Double(anonymousBytes)),
            TwinRuntime.Measurement(
                "doppel_cpu_seconds_total", help: "CPU time of the process.", kind: .counter, value: cpuSeconds),
        ]
    }

    /// Resident memory, in bytes; 0 where the system does not say.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Resident memory that no file stands behind, in bytes; 0 where the system does not say.
    ///
    /// A page of a mapped file can be let go of at any time, and is resident because somebody read it. Only what no
    /// file stands behind can leak.
    static var anonymousBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// CPU time of the process so far, user and system, in seconds.
    static var cpuSeconds: Double {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
