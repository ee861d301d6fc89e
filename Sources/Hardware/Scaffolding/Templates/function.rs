//! What one layer costs, in seconds. The spec says which numbers arrive here, and in which order.

#[no_mangle]
pub extern "C" fn latency_s(macs: u64, weight_bits: u32, activation_bits: u32, bit_products_per_s: f64) -> f64 {
    macs as f64 * weight_bits as f64 * activation_bits as f64 / bit_products_per_s
}
