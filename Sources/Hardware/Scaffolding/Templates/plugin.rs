//! The smallest honest plugin, in Rust: a layer takes as long as its products of single bits, at a fixed number a
//! second. The structs are those of haq_plugin.h, field by field. Nothing here panics, because no panic may cross
//! the boundary.
#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_void, CStr};
use std::mem::size_of;
use std::ptr;

const OK: i32 = 0;
const ERROR_INVALID: i32 = 1;
const POINT_OK: u32 = 0;
const POINT_UNSUPPORTED: u32 = 1;
const PROVIDES_LATENCY: u32 = 1;
const REENTRANT: u32 = 1;

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
    layer: u32, weight_bits: u16, activation_bits: u16, output_bits: u16, flags: u16, reserved: u32,
}

#[repr(C)]
pub struct haq_results {
    struct_size: u32, flags: u32,
    status: *mut u32, latency_s: *mut f64, energy_j: *mut f64,
    weight_bytes: *mut f64, traffic_bytes: *mut f64, buffer_bytes: *mut f64,
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
    extension: *const c_void,
}

// The table is constant, and so is what its pointers point to.
unsafe impl Sync for haq_plugin {}

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
        // Layers may be longer than this file knows, so the step is the host's.
        let address = (setup.layers as *const u8).add(point.layer as usize * setup.layer_size as usize);
        let layer = &*(address as *const haq_layer);
        let bit_products = macs(layer) * point.weight_bits as f64 * point.activation_bits as f64;
        let latency_s = bit_products / (*this).bit_products_per_s;
        if !(*results).latency_s.is_null() {
            *(*results).latency_s.add(index) = latency_s;
        }
        // More than any cost may be (H-23): such a layer is not modelled.
        *(*results).status.add(index) = if latency_s <= 1e15 { POINT_OK } else { POINT_UNSUPPORTED };
    }
    OK
}

/// Multiply-accumulates of the layer with its whole batch.
fn macs(layer: &haq_layer) -> f64 {
    let groups = if layer.groups == 0 { 1.0 } else { layer.groups as f64 };
    layer.batch as f64 * layer.out_height as f64 * layer.out_width as f64
        * layer.kernel_height as f64 * layer.kernel_width as f64
        * layer.out_channels as f64 * (layer.in_channels as f64 / groups)
}

unsafe extern "C" fn destroy(this: *mut Instance) {
    drop(Box::from_raw(this));
}

static PLUGIN: haq_plugin = haq_plugin {
    struct_size: size_of::<haq_plugin>() as u32, flags: REENTRANT, abi_major: 1, abi_minor: 1,
    required_features: 0, provides: PROVIDES_LATENCY, max_points: 0,
    id: b"example.minimal\0".as_ptr() as *const c_char, version: b"1.0.0\0".as_ptr() as *const c_char,
    create, evaluate, destroy, extension: ptr::null(),
};

#[no_mangle]
pub extern "C" fn haq_plugin_entry(_host: *const c_void) -> *const haq_plugin { &PLUGIN }
