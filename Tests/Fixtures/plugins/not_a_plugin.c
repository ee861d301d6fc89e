/* A library of plain functions: no entry point. */
double vendor_latency(double macs) { return macs / 1e12; }
