/* The frozen layout of ABI 1.1. Offsets never change; a later minor version adds lines at the end of a struct, and
 * the first fields of haq_layer (64 bytes) and haq_setup (56 bytes) are ABI 1.0. The formats of haq_point were four
 * reserved bytes in 1.0, always 0. */
#include "haq_plugin.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed size")
#define AT(type, field, byte) \
  _Static_assert(offsetof(type, field) == (byte), #type "." #field " moved")

SIZE(haq_message, 16);
AT(haq_message, struct_size, 0);
AT(haq_message, capacity, 4);
AT(haq_message, text, 8);

SIZE(haq_layer, 88);
AT(haq_layer, name, 0);
AT(haq_layer, kind, 8);
AT(haq_layer, flags, 12);
AT(haq_layer, batch, 16);
AT(haq_layer, groups, 20);
AT(haq_layer, in_channels, 24);
AT(haq_layer, out_channels, 28);
AT(haq_layer, in_height, 32);
AT(haq_layer, in_width, 36);
AT(haq_layer, out_height, 40);
AT(haq_layer, out_width, 44);
AT(haq_layer, kernel_height, 48);
AT(haq_layer, kernel_width, 52);
AT(haq_layer, stride_height, 56);
AT(haq_layer, stride_width, 60);
AT(haq_layer, dilation_height, 64);
AT(haq_layer, dilation_width, 68);
AT(haq_layer, padding_top, 72);
AT(haq_layer, padding_left, 76);
AT(haq_layer, padding_bottom, 80);
AT(haq_layer, padding_right, 84);

SIZE(haq_parameter, 24);
AT(haq_parameter, key, 0);
AT(haq_parameter, text, 8);
AT(haq_parameter, number, 16);

SIZE(haq_setup, 64);
AT(haq_setup, struct_size, 0);
AT(haq_setup, flags, 4);
AT(haq_setup, target_id, 8);
AT(haq_setup, base_directory, 16);
AT(haq_setup, parameters, 24);
AT(haq_setup, parameter_count, 32);
AT(haq_setup, layers, 40);
AT(haq_setup, layer_count, 48);
AT(haq_setup, layer_size, 52);
AT(haq_setup, batch, 56);
AT(haq_setup, reserved, 60);

SIZE(haq_point, 16);
AT(haq_point, layer, 0);
AT(haq_point, weight_bits, 4);
AT(haq_point, activation_bits, 6);
AT(haq_point, output_bits, 8);
AT(haq_point, flags, 10);
AT(haq_point, weight_format, 12);
AT(haq_point, activation_format, 13);
AT(haq_point, output_format, 14);
AT(haq_point, reserved, 15);

SIZE(haq_results, 56);
AT(haq_results, struct_size, 0);
AT(haq_results, flags, 4);
AT(haq_results, status, 8);
AT(haq_results, latency_s, 16);
AT(haq_results, energy_j, 24);
AT(haq_results, weight_bytes, 32);
AT(haq_results, traffic_bytes, 40);
AT(haq_results, buffer_bytes, 48);

SIZE(haq_host, 56);
AT(haq_host, struct_size, 0);
AT(haq_host, flags, 4);
AT(haq_host, abi_major, 8);
AT(haq_host, abi_minor, 12);
AT(haq_host, features, 16);
AT(haq_host, host_data, 24);
AT(haq_host, log, 32);
AT(haq_host, cancelled, 40);
AT(haq_host, extension, 48);

SIZE(haq_plugin, 80);
AT(haq_plugin, struct_size, 0);
AT(haq_plugin, flags, 4);
AT(haq_plugin, abi_major, 8);
AT(haq_plugin, abi_minor, 12);
AT(haq_plugin, required_features, 16);
AT(haq_plugin, provides, 24);
AT(haq_plugin, max_points, 28);
AT(haq_plugin, id, 32);
AT(haq_plugin, version, 40);
AT(haq_plugin, create, 48);
AT(haq_plugin, evaluate, 56);
AT(haq_plugin, destroy, 64);
AT(haq_plugin, extension, 72);

SIZE(haq_breakdown_results, 40);
AT(haq_breakdown_results, struct_size, 0);
AT(haq_breakdown_results, flags, 4);
AT(haq_breakdown_results, compute_s, 8);
AT(haq_breakdown_results, weight_traffic_s, 16);
AT(haq_breakdown_results, activation_traffic_s, 24);
AT(haq_breakdown_results, bound, 32);

SIZE(haq_breakdown, 16);
AT(haq_breakdown, struct_size, 0);
AT(haq_breakdown, flags, 4);
AT(haq_breakdown, evaluate, 8);

SIZE(haq_component, 24);
AT(haq_component, name, 0);
AT(haq_component, unit, 8);
AT(haq_component, column, 16);
AT(haq_component, reserved, 20);

SIZE(haq_components, 24);
AT(haq_components, struct_size, 0);
AT(haq_components, flags, 4);
AT(haq_components, list, 8);
AT(haq_components, evaluate, 16);

SIZE(haq_resource, 24);
AT(haq_resource, name, 0);
AT(haq_resource, used, 8);
AT(haq_resource, capacity, 16);

SIZE(haq_resources, 16);
AT(haq_resources, struct_size, 0);
AT(haq_resources, flags, 4);
AT(haq_resources, list, 8);

SIZE(haq_network, 16);
AT(haq_network, struct_size, 0);
AT(haq_network, flags, 4);
AT(haq_network, evaluate, 8);
