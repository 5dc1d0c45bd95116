extension Page {
    /// How the page looks: large, high in contrast, readable at night.
    static let style = """
        :root { color-scheme: light dark; --line: #8886; --good: #18794e; --doubt: #ad5700; --bad: #cd2b31; }
        @media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --doubt: #ff9f43; --bad: #ff6369; } }
        * { box-sizing: border-box; }
        body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 0 1rem; }
        header { position: sticky; top: 0; background: Canvas; display: flex; gap: 1rem; align-items: center;
          padding: .5rem 0; border-bottom: 1px solid var(--line); z-index: 1; }
        h1 { font-size: 1.3rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0; }
        #link { margin: 0; flex: 1; } .lost { color: var(--bad); font-weight: 700; }
        button { font: inherit; padding: .4rem .8rem; cursor: pointer; }
        #stop { background: #c4161c; color: #fff; border: 0; border-radius: .5rem; font-weight: 800;
          font-size: 1.3rem; padding: .8rem 1.6rem; }
        #latch { border: 3px solid var(--bad); padding: .8rem; margin: 1rem 0; }
        article { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; margin: 1rem 0; }
        article.stopped { border: 3px solid var(--bad); }
        .head { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
        .quiet { opacity: .75; } .good { color: var(--good); } .doubt { color: var(--doubt); font-weight: 600; }
        .bad { color: var(--bad); font-weight: 700; }
        table { border-collapse: collapse; width: 100%; margin-top: .5rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-top: 1px solid var(--line); }
        th { font-weight: 600; opacity: .75; }
        dialog { max-width: 30rem; } input { font: inherit; width: 100%; }
        footer { border-top: 1px solid var(--line); margin-top: 2rem; padding: 1rem 0; }
        """
}
