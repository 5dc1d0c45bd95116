import Glibc

/// How busy the machine is with everything that runs on it; a duration says little without it.
enum MachineLoad {
    /// How many processes ran or wanted to run, over the last minute; 0 where the system does not say.
    static var average: Double {
        var average = 0.0
        return unsafe getloadavg(&average, 1) == 1 ? average : 0
    }
}
