// Number formats of the device, one value at a time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace numbers {

inline float of_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t bits(float value) {
  uint32_t result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

/** Rounds to a multiple of 2^exponent, ties to even. */
inline double round_to(double value, int exponent) { return std::ldexp(std::nearbyint(std::ldexp(value, -exponent)), exponent); }

/** Rounds to numbers with `mantissa` bits behind the point, and exponents from `least` on. */
inline double round(double value, int mantissa, int least) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent;
  std::frexp(value, &exponent); // |value| is in [2^(exponent - 1), 2^exponent)
  return round_to(value, std::max(exponent - 1, least) - mantissa);
}

/** The bits, sign apart, of a number that `round` has rounded. */
inline uint32_t encode(double magnitude, int mantissa, int bias) {
  if (magnitude == 0) return 0;
  int exponent;
  double fraction = std::frexp(magnitude, &exponent);
  int field = exponent - 1 + bias;
  if (field <= 0) return (uint32_t) std::ldexp(magnitude, bias - 1 + mantissa); // subnormal
  return (uint32_t) field << mantissa | (uint32_t) std::ldexp(fraction * 2 - 1, mantissa);
}

inline double decode(uint32_t bits, int mantissa, int bias) {
  int exponent = (int) (bits >> mantissa);
  uint32_t fraction = bits & ((1u << mantissa) - 1);
  return exponent == 0 ? std::ldexp((double) fraction, 1 - bias - mantissa)
                       : std::ldexp((double) (fraction | 1u << mantissa), exponent - bias - mantissa);
}

inline uint16_t float_to_half(float x) {
  uint16_t sign = (uint16_t) (bits(x) >> 16 & 0x8000);
  if (std::isnan(x)) return 0x7fff;
  double magnitude = round(std::fabs(x), 10, -14);
  return sign | (uint16_t) (magnitude > 65504 ? 0x7c00 : encode(magnitude, 10, 15));
}

inline float slow_half_to_float(uint16_t x) {
  float sign = x & 0x8000 ? -1.0f : 1.0f;
  uint32_t rest = x & 0x7fff;
  if (rest >= 0x7c00) return rest > 0x7c00 ? NAN : sign * INFINITY;
  return sign * (float) decode(rest, 10, 15);
}

inline float half_to_float(uint16_t x) {
  static const std::vector<float> all = [] {
    std::vector<float> values(1 << 16);
    for (size_t i = 0; i < values.size(); i++) values[i] = slow_half_to_float((uint16_t) i);
    return values;
  }();
  return all[x];
}

inline uint16_t float_to_bf16(float x) {
  uint32_t all = bits(x);
  if (std::isnan(x)) return (uint16_t) (all >> 16 | 0x40);
  return (uint16_t) ((all + 0x7fff + (all >> 16 & 1)) >> 16);
}

inline float bf16_to_float(uint16_t x) { return of_bits((uint32_t) x << 16); }

/** Finite: what is too large becomes the largest number, 448. */
inline uint8_t float_to_e4m3(float x) {
  uint8_t sign = (uint8_t) (bits(x) >> 24 & 0x80);
  if (std::isnan(x)) return 0x7f;
  double magnitude = std::fmin(round(std::fmin(std::fabs(x), 1000.0), 3, -6), 448.0);
  return sign | (uint8_t) encode(magnitude, 3, 7);
}

inline float e4m3_to_float(uint8_t x) {
  if ((x & 0x7f) == 0x7f) return NAN;
  return (x & 0x80 ? -1.0f : 1.0f) * (float) decode(x & 0x7f, 3, 7);
}

inline int8_t float_to_s8(float x) { return (int8_t) std::fmin(std::fmax(std::nearbyint(x), -128.0), 127.0); }

/** As the matrix units read float32: 10 bits behind the point. */
inline float tf32(float x) { return (float) round(x, 10, -126); }

} // namespace numbers
