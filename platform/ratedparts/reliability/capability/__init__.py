"""Process capability: indices, their limits, and the spreads and constants behind them."""
