enum Warmup {}
