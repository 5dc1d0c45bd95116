extension Advice {
    /// What lets a command pass a limit.
    static func remedy(for limit: String) -> String {
        ofTheSite[limit] ?? ofPeople[limit] ?? ofTheOutput[limit]
            ?? "see `doppel twin show` for the state of the device."
    }

    /// Limits that ask for nothing but the state of Doppel, the site and the device.
    private static let ofTheSite = [
        "latch": "an emergency stop holds (`doppel stop status`). Remove its cause, then `doppel stop clear`.",
        "epoch": "another Doppel commands this site now. End one of the two; this one still switches off.",
        "quarantine": "Doppel itself failed at this device. Report what `doppel twin show` says, then "
            + "`doppel twin release ID`.",
        "approved": "the device is not approved; if you know it, `doppel twin approve ID`, then ask again.",
        "online": "the device is silent; check its power and network, and `doppel twin show` for since when.",
        "journal": "the journal takes nothing; look for a full or failing disk. OFF works all the same.",
        "broker": "the MQTT broker is not connected; see `doppel supervision`.",
        "sensor_guard": "a sensor that guards this output shows too much, too little or nothing new. Look at what it "
            + "measures before anything else.",
        "interlock": "another output stands in its way, as the site's rules say; see the bound for which one.",
        "budget": "too much is on at once. Switch something else off first.",
    ]

    /// Limits that ask something of people.
    private static let ofPeople = [
        "confirmation": "this output is dangerous. Look at it as it stands now (`doppel twin show`), then ask again "
            + "with --revision as the bound names it.",
        "second_person": "another person, at another machine, looks too and asks for the same within 60 s.",
        "lease_owner": "the lease is over or belongs to somebody else. Ask anew without --renew.",
        "lockout": "somebody works on it. ASK THEM; only they take their tag away (`doppel twin unlock`).",
    ]

    /// Limits of the output's own kind.
    private static let ofTheOutput = [
        "range": "give a --value above 0 and at most 1 that this kind of actuator understands.",
        "resolution": "give a --value that is a multiple of the step.",
        "slew": "go there in smaller steps, one a second.",
        "max_on_time": "give a --duration within the bound; what it was on before counts, until it is seen off.",
        "min_on_time": "give a longer --duration.",
        "counted_by_device": "the device does not end this by itself, so it gets short leases: give a shorter "
            + "--duration and --renew it.",
        "min_off_time": "the output has to rest first.",
        "starts_per_hour": "it was started too often. Find out why before it is started again.",
        "cool_down": "it ran for as long as it may and has to cool down; switch it off, or give a shorter --duration.",
        "safe_state": "an OFF is not confirmed yet; see that the output is off before it is switched on again.",
        "known_state": "nobody knows what it does now; say ON or OFF instead of TOGGLE.",
    ]
}
