print("module body runs")
value = 42
