/// The page for people: one document without anything to load, besides the interface itself.
enum Page {
    /// How many random bytes make a nonce.
    private static let nonceBytes = 16

    /// A text that no attacker can know, so that only the page's own script and style run.
    static func makeNonce() -> String {
        (0..<nonceBytes).map { _ in
            let digits = String(UInt8.random(in: .min ... .max), radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// What a browser may do with the page; it must not be framed, or a click could be stolen.
    static func contentSecurityPolicy(nonce: String) -> String {
        "default-src 'none'; connect-src 'self'; img-src data:; script-src 'nonce-\(nonce)'; "
            + "style-src 'nonce-\(nonce)'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    }

    /// The document.
    static func html(nonce: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Doppel</title>
        <link rel="icon" href="data:,">
        <style nonce="\(nonce)">\(style)</style>
        </head>
        <body>
        \(content)
        <script nonce="\(nonce)">\(script)</script>
        </body>
        </html>

        """
    }

    private static let content = """
        <header>
          <h1>Doppel</h1>
          <p id="link" role="status">connecting …</p>
          <button id="stop" type="button">STOP ALL</button>
        </header>
        <section id="latch" role="alert" hidden>
          <h2>Emergency stop</h2>
          <p id="latch-text"></p>
          <button id="clear" type="button">Release the stop</button>
        </section>
        <main id="twins"><p>No device has spoken yet.</p></main>
        <p id="more" hidden>More devices than this page shows; the list holds the first 500.</p>
        <dialog id="ask">
          <form method="dialog">
            <h2 id="ask-title"></h2>
            <p id="ask-text"></p>
            <label id="ask-label">Reason <input id="ask-reason" maxlength="500" value="stopped from the page"></label>
            <p><button id="ask-no" type="button">Cancel</button> <button id="ask-yes" value="yes"></button></p>
          </form>
        </dialog>
        <footer>Doppel is operational protection, not a certified safety function in the sense of ISO 13850 or
        IEC 60204-1. Use the hardware emergency stop to protect people.</footer>
        """
}
