//! The smallest honest plugin, in Rust: a layer takes as long as its products of single bits, at a fixed number a
//! second. The structs are those of haq_plugin.h, field by field. Nothing here panics, because no panic may cross
//! the boundary.
#![allow(non_camel_case_types)]

use std::ffi::{c_void, CStr};
use std::mem::size_of;
use std::os::raw::c_char;
use std::ptr;

const OK: i32 = 0;
const ERROR_INVALID: i32 = 1;
const POINT_OK: u32 = 0;
const POINT_UNSUPPORTED: u32 = 1;
const PROVIDES_LATENCY: u32 = 1;
const REENTRANT: u32 = 1;
const USES_FORMATS: u32 = 8;
const FORMAT_PLAIN: u8 = 0;
const FORMAT_FP16: u8 = 1;
const FORMAT_BF16: u8 = 2;
const BOUND_COMPUTE: u32 = 1;

#[repr(C)]
pub struct haq_message { struct_size: u32, capacity: u32, text: *mut c_char }

#[repr(C)]
pub struct haq_layer {
    name: *const c_char,
    kind: u32, flags: u32, batch: u32, groups: u32, in_channels: u32, out_channels: u32,
    in_height: u32, in_width: u32, out_height: u32, out_width: u32,
    kernel_height: u32, kernel_width: u32, stride_height: u32, stride_width: u32,
    dilation_height: u32, dilation_width: u32,
    padding_top: u32, padding_left: u32, padding_bottom: u32, padding_right: u32,
}

#[repr(C)]
pub struct haq_parameter { key: *const c_char, text: *const c_char, number: f64 }

#[repr(C)]
pub struct haq_setup {
    struct_size: u32, flags: u32,
    target_id: *const c_char, base_directory: *const c_char,
    parameters: *const haq_parameter, parameter_count: u64,
    layers: *const haq_layer, layer_count: u32, layer_size: u32,
    batch: u32, reserved: u32,
}

#[repr(C)]
pub struct haq_point {
    layer: u32, weight_bits: u16, activation_bits: u16, output_bits: u16, flags: u16,
    weight_format: u8, activation_format: u8, output_format: u8, reserved: u8,
}

#[repr(C)]
pub struct haq_results {
    struct_size: u32, flags: u32,
    status: *mut u32, latency_s: *mut f64, energy_j: *mut f64,
    weight_bytes: *mut f64, traffic_bytes: *mut f64, buffer_bytes: *mut f64,
}

#[repr(C)]
pub struct haq_breakdown_results {
    struct_size: u32, flags: u32,
    compute_s: *mut f64, weight_traffic_s: *mut f64, activation_traffic_s: *mut f64, bound: *mut u32,
}

#[repr(C)]
pub struct haq_component { name: *const c_char, unit: *const c_char, column: u32, reserved: u32 }

#[repr(C)]
pub struct haq_breakdown {
    struct_size: u32, flags: u32,
    evaluate: unsafe extern "C" fn(
        *mut Instance, *const haq_point, u64, *const haq_breakdown_results, *mut haq_message,
    ) -> i32,
}

#[repr(C)]
pub struct haq_components {
    struct_size: u32, flags: u32,
    list: unsafe extern "C" fn(*mut Instance, *mut u64) -> *const haq_component,
    evaluate: unsafe extern "C" fn(*mut Instance, *const haq_point, u64, *mut f64, *mut haq_message) -> i32,
}

type Create = unsafe extern "C" fn(*const c_void, *const haq_setup, *mut *mut Instance, *mut haq_message) -> i32;
type Evaluate =
    unsafe extern "C" fn(*mut Instance, *const haq_point, u64, *const haq_results, *mut haq_message) -> i32;

#[repr(C)]
pub struct haq_plugin {
    struct_size: u32, flags: u32, abi_major: u32, abi_minor: u32,
    required_features: u64, provides: u32, max_points: u32,
    id: *const c_char, version: *const c_char,
    create: Create, evaluate: Evaluate, destroy: unsafe extern "C" fn(*mut Instance),
    extension: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

// The tables are constant, and so is what their pointers point to.
unsafe impl Sync for haq_plugin {}
unsafe impl Sync for haq_component {}

/// One target with one network; the host keeps `setup` alive until destroy.
pub struct Instance { setup: *const haq_setup, bit_products_per_s: f64 }

unsafe fn fail(message: *mut haq_message, sentence: &str) -> i32 {
    let capacity = (*message).capacity as usize;
    let count = sentence.len().min(capacity - 1);
    ptr::copy_nonoverlapping(sentence.as_ptr() as *const c_char, (*message).text, count);
    *(*message).text.add(count) = 0;
    ERROR_INVALID
}

unsafe extern "C" fn create(
    _host: *const c_void, setup: *const haq_setup, out: *mut *mut Instance, message: *mut haq_message,
) -> i32 {
    let mut rate = 0.0;
    for index in 0..(*setup).parameter_count as usize {
        let parameter = &*(*setup).parameters.add(index);
        let key = CStr::from_ptr(parameter.key).to_string_lossy();
        if key != "bit_products_per_s" {
            return fail(message, &format!("{key} is not a parameter; there is bit_products_per_s"));
        }
        rate = parameter.number;
    }
    if !(rate > 0.0) {
        return fail(message, "the parameter bit_products_per_s must be a number > 0");
    }
    *out = Box::into_raw(Box::new(Instance { setup, bit_products_per_s: rate }));
    OK
}

/// Integers, and 16-bit floats, which this machine multiplies as integers of 16 bits. What a model does not know is
/// unsupported (H-42).
fn knows(format: u8) -> bool { [FORMAT_PLAIN, FORMAT_FP16, FORMAT_BF16].contains(&format) }

unsafe extern "C" fn evaluate(
    this: *mut Instance, points: *const haq_point, count: u64, results: *const haq_results,
    message: *mut haq_message,
) -> i32 {
    let setup = &*(*this).setup;
    for index in 0..count as usize {
        let point = &*points.add(index);
        if point.layer >= setup.layer_count {
            return fail(message, "a point is about no layer");
        }
        let latency = latency_s(&*this, point);
        if !(*results).latency_s.is_null() {
            *(*results).latency_s.add(index) = latency;
        }
        // More than any cost may be (H-23): such a layer is not modelled.
        let is_modelled = latency <= 1e15 && knows(point.weight_format) && knows(point.activation_format);
        *(*results).status.add(index) = if is_modelled { POINT_OK } else { POINT_UNSUPPORTED };
    }
    OK
}

unsafe fn latency_s(this: &Instance, point: &haq_point) -> f64 {
    let setup = &*this.setup;
    // Layers may be longer than this file knows, so the step is the host's.
    let address = (setup.layers as *const u8).add(point.layer as usize * setup.layer_size as usize);
    let layer = &*(address as *const haq_layer);
    macs(layer) * point.weight_bits as f64 * point.activation_bits as f64 / this.bit_products_per_s
}

/// Multiply-accumulates of the layer with its whole batch.
fn macs(layer: &haq_layer) -> f64 {
    let groups = if layer.groups == 0 { 1.0 } else { layer.groups as f64 };
    layer.batch as f64 * layer.out_height as f64 * layer.out_width as f64
        * layer.kernel_height as f64 * layer.kernel_width as f64
        * layer.out_channels as f64 * (layer.in_channels as f64 / groups)
}

/// Optional (H-31): what a layer would take for each of three things alone, and which of them it waits for. Here nothing
/// is moved, so arithmetic is all. haq draws rooflines and explains costs with it.
unsafe extern "C" fn evaluate_breakdown(
    this: *mut Instance, points: *const haq_point, count: u64, results: *const haq_breakdown_results,
    _message: *mut haq_message,
) -> i32 {
    for index in 0..count as usize {
        *(*results).compute_s.add(index) = latency_s(&*this, &*points.add(index));
        *(*results).weight_traffic_s.add(index) = 0.0;
        *(*results).activation_traffic_s.add(index) = 0.0;
        *(*results).bound.add(index) = BOUND_COMPUTE;
    }
    OK
}

/// Optional (H-34): named parts of a cost, which add up to it.
unsafe extern "C" fn list_components(_this: *mut Instance, count: *mut u64) -> *const haq_component {
    *count = COMPONENTS.len() as u64;
    COMPONENTS.as_ptr()
}

unsafe extern "C" fn evaluate_components(
    this: *mut Instance, points: *const haq_point, count: u64, values: *mut f64, _message: *mut haq_message,
) -> i32 {
    for index in 0..count as usize {
        *values.add(index) = latency_s(&*this, &*points.add(index));
    }
    OK
}

unsafe extern "C" fn extension(id: *const c_char) -> *const c_void {
    match CStr::from_ptr(id).to_bytes() {
        b"haq.breakdown/1" => &BREAKDOWN as *const haq_breakdown as *const c_void,
        b"haq.components/1" => &PARTS as *const haq_components as *const c_void,
        _ => ptr::null(),
    }
}

static COMPONENTS: [haq_component; 1] = [haq_component {
    name: b"time.arithmetic\0".as_ptr() as *const c_char, unit: b"s\0".as_ptr() as *const c_char,
    column: PROVIDES_LATENCY, reserved: 0,
}];

static BREAKDOWN: haq_breakdown =
    haq_breakdown { struct_size: size_of::<haq_breakdown>() as u32, flags: 0, evaluate: evaluate_breakdown };

static PARTS: haq_components = haq_components {
    struct_size: size_of::<haq_components>() as u32, flags: 0, list: list_components, evaluate: evaluate_components,
};

unsafe extern "C" fn destroy(this: *mut Instance) {
    drop(Box::from_raw(this));
}

static PLUGIN: haq_plugin = haq_plugin {
    struct_size: size_of::<haq_plugin>() as u32, flags: REENTRANT | USES_FORMATS, abi_major: 1, abi_minor: 1,
    required_features: 0, provides: PROVIDES_LATENCY, max_points: 0,
    id: b"example.minimal\0".as_ptr() as *const c_char, version: b"1.0.0\0".as_ptr() as *const c_char,
    create, evaluate, destroy, extension,
};

#[no_mangle]
pub extern "C" fn haq_plugin_entry(_host: *const c_void) -> *const haq_plugin { &PLUGIN }
