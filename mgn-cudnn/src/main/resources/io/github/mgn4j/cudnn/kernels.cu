// Kernels for what cuDNN has no operation for, or a slow one. Compiled by NVRTC without any header. Maps are channels-last:
// [images, rows, columns, channels], channels a multiple of 16. FORMAT is the number format of maps (below), PACKED that of packed
// images; MMA is 1 where the kernels with matrix instructions are wanted, which need compute capability 8.0.

#define F32 0
#define F16 1
#define BF16 2
#define S8 3
#define E4M3 4

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;

#ifndef EMULATED // the instructions that C++ has no name for; a test on a CPU brings its own
__device__ __forceinline__ float half_to_float(u16 x) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(x)); return r; }
__device__ __forceinline__ u16 float_to_half(float x) { u16 r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r) : "f"(x)); return r; }
__device__ __forceinline__ u16 float_to_e4m3x2(float high, float low) {
#if __CUDA_ARCH__ >= 890
  u16 r; asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(r) : "f"(high), "f"(low)); return r;
#else
  return 0;
#endif
}
__device__ __forceinline__ float e4m3_to_float(u8 x) {
#if __CUDA_ARCH__ >= 890
  u32 r; asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(r) : "h"((u16) x)); return half_to_float((u16) r);
#else
  return 0;
#endif
}
__device__ __forceinline__ u32 shared_address(const void* p) { return (u32) __cvta_generic_to_shared(p); }
/** Copies 16 bytes to shared memory while the thread goes on; zeros where size is 0. */
__device__ __forceinline__ void copy16(void* to, const void* from, int size) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(size));
}
__device__ __forceinline__ void commit_copies() { asm volatile("cp.async.commit_group;"); }
template <int N> __device__ __forceinline__ void wait_copies() { asm volatile("cp.async.wait_group %0;" ::"n"(N)); }
/** Four 8x16-byte matrices; a lane names a row of one and gets four bytes of each. */
__device__ __forceinline__ void load_matrices(u32 (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)));
}
/** c += a b for 16x32 and 32x8 signed bytes. */
__device__ __forceinline__ void multiply_s8(int (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
/** c += a b for 16x16 and 16x8 halves. */
__device__ __forceinline__ void multiply_f16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
#endif

__device__ __forceinline__ float bf16_to_float(u16 x) { return __uint_as_float((u32) x << 16); }
__device__ __forceinline__ u16 float_to_bf16(float x) { // to nearest even; NaN stays one
  u32 bits = __float_as_uint(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (u16) ((bits >> 16) | 0x40);
  return (u16) ((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
}
__device__ __forceinline__ signed char float_to_s8(float x) { return (signed char) (int) fminf(fmaxf(rintf(x), -128.0f), 127.0f); }

/** How many bytes a number takes, and how it is read and written. */
template <int T> struct Number;
template <> struct Number<F32> {
  typedef float type;
  static __device__ __forceinline__ float read(float x) { return x; }
  static __device__ __forceinline__ float write(float x) { return x; }
};
template <> struct Number<F16> {
  typedef u16 type;
  static __device__ __forceinline__ float read(u16 x) { return half_to_float(x); }
  static __device__ __forceinline__ u16 write(float x) { return float_to_half(x); }
};
template <> struct Number<BF16> {
  typedef u16 type;
  static __device__ __forceinline__ float read(u16 x) { return bf16_to_float(x); }
  static __device__ __forceinline__ u16 write(float x) { return float_to_bf16(x); }
};
template <> struct Number<S8> {
  typedef signed char type;
  static __device__ __forceinline__ float read(signed char x) { return (float) x; }
  static __device__ __forceinline__ signed char write(float x) { return float_to_s8(x); }
};
template <> struct Number<E4M3> {
  typedef u8 type;
  static __device__ __forceinline__ float read(u8 x) { return e4m3_to_float(x); }
  static __device__ __forceinline__ u8 write(float x) { return (u8) float_to_e4m3x2(0, x); }
};

/** Sixteen bytes of a map: numbers of one pixel's neighbouring channels. */
template <int T> union Vector {
  static const int LENGTH = 16 / sizeof(typename Number<T>::type);
  uint4 bits;
  typename Number<T>::type values[LENGTH];
};

// ---- pixels and floats to blocks -----------------------------------------------------------------------------------

/**
 * Packs images into blocks of 2x2 pixels: [views, rows of blocks, columns of blocks, 12], channels (dy, dx, colour), with a
 * frame of zeros, two blocks above and to the left, one below and to the right. The mirrors follow the images.
 */
template <int T, bool PIXELS>
__device__ __forceinline__ void pack(const void* in, const float* normalised, void* out, int images, int height, int width,
                                     int rows, int columns, int total) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  int bx = i % columns, q = i / columns, by = q % rows, view = q / rows;
  int image = view % images;
  bool mirrored = view >= images;
  typename Number<T>::type* to = (typename Number<T>::type*) out + (i64) i * 12;
  for (int dy = 0; dy < 2; dy++) {
    for (int dx = 0; dx < 2; dx++) {
      int y = 2 * (by - 2) + dy, x = 2 * (bx - 2) + dx;
      bool inside = y >= 0 && y < height && x >= 0 && x < width;
      int column = mirrored ? width - 1 - x : x;
      for (int c = 0; c < 3; c++) {
        float v = 0;
        if (inside && PIXELS) v = normalised[c * 256 + ((const u8*) in)[(((i64) image * height + y) * width + column) * 3 + c]];
        if (inside && !PIXELS) v = ((const float*) in)[(((i64) image * 3 + c) * height + y) * width + column];
        to[(dy * 2 + dx) * 3 + c] = Number<T>::write(v);
      }
    }
  }
}
extern "C" __global__ void pack_pixels(const void* in, const float* normalised, void* out, int images, int height, int width,
                                       int rows, int columns, int total) {
  pack<PACKED, true>(in, normalised, out, images, height, width, rows, columns, total);
}
extern "C" __global__ void pack_floats(const void* in, const float* normalised, void* out, int images, int height, int width,
                                       int rows, int columns, int total) {
  pack<PACKED, false>(in, normalised, out, images, height, width, rows, columns, total);
}

// ---- the stem: 4x4 convolution over blocks, bias, ReLU, 3x3 maximum at stride 2, in one pass -------------------------------

#define STEM_POOLED 3                    // pooled rows of a thread block
#define STEM_ROWS (2 * STEM_POOLED + 1)  // convolution rows that they need, one a warp
#define STEM_COLUMNS 64                  // convolution columns of a thread block
#define STEM_K 192                       // 4 x 4 blocks of 12
#define STEM_PITCH 200                   // of a filter in shared memory: no two lanes' banks meet
#define STEM_OUT 64                      // output channels of a thread block
#define STEM_IN_COLUMNS (STEM_COLUMNS + 3)

#if MMA
/**
 * Thread block (x: column tile and channel tile, y: row tile, z: image); STEM_ROWS warps. Weights [channels, 192] in half. Shared
 * memory: weights, blocks, rows of the convolution.
 */
extern "C" __global__ void __launch_bounds__(32 * STEM_ROWS) stem(const u16* blocks, const u16* weights, const float* bias, void* out,
    float inverse, int rows, int columns, int convRows, int convColumns, int outRows, int outColumns, int channels, int columnTiles) {
  extern __shared__ __align__(16) u8 shared[];
  u16* filters = (u16*) shared;                                                // [STEM_OUT][STEM_PITCH]
  u16* window = filters + STEM_OUT * STEM_PITCH;                               // [STEM_ROWS + 3][STEM_IN_COLUMNS][12]
  u16* sums = window + (STEM_ROWS + 3) * STEM_IN_COLUMNS * 12;                 // [STEM_ROWS][STEM_COLUMNS][STEM_OUT]
  int thread = threadIdx.x, lane = thread & 31, warp = thread >> 5, group = lane >> 2, quad = lane & 3;
  int tile = blockIdx.x % columnTiles, firstOut = blockIdx.x / columnTiles * STEM_OUT, image = blockIdx.z;
  // Pooled column p reads convolution columns 2p - 1 to 2p + 1; the first tile has its column -1 outside.
  int firstPooledColumn = tile == 0 ? 0 : 32 + (tile - 1) * 31, pooledColumns = tile == 0 ? 32 : 31;
  int firstColumn = tile == 0 ? 0 : 2 * firstPooledColumn - 1;
  int firstPooledRow = blockIdx.y * STEM_POOLED, firstRow = 2 * firstPooledRow - 1;

  for (int i = thread; i < STEM_OUT * STEM_K / 2; i += blockDim.x) {
    int o = i / (STEM_K / 2), k = i % (STEM_K / 2);
    ((u32*) filters)[o * (STEM_PITCH / 2) + k] = firstOut + o < channels ? ((const u32*) weights)[(firstOut + o) * (STEM_K / 2) + k] : 0;
  }
  // A window row is 4 blocks high: convolution row r reads rows of blocks r to r + 3 (the frame is in the map).
  for (int i = thread; i < (STEM_ROWS + 3) * STEM_IN_COLUMNS * 6; i += blockDim.x) {
    int word = i % 6, q = i / 6, x = firstColumn + q % STEM_IN_COLUMNS, y = firstRow + q / STEM_IN_COLUMNS;
    bool inside = y >= 0 && y < rows && x < columns;
    ((u32*) window)[i] = inside ? ((const u32*) blocks)[(((i64) image * rows + y) * columns + x) * 6 + word] : 0;
  }
  __syncthreads();

  int row = firstRow + warp; // of the convolution
  for (int half = 0; half < STEM_COLUMNS / 32; half++) {
    float c[2][8][4];
    for (int m = 0; m < 2; m++) for (int n = 0; n < 8; n++) for (int i = 0; i < 4; i++) c[m][n][i] = 0;
#pragma unroll 3
    for (int step = 0; step < STEM_K / 16; step++) {
      u32 a[2][4];
      const u16* from = window + ((warp + step / 3) * STEM_IN_COLUMNS + half * 32) * 12 + step % 3 * 16 + 2 * quad;
#pragma unroll
      for (int m = 0; m < 2; m++) {
        const u16* upper = from + (m * 16 + group) * 12;
        a[m][0] = *(const u32*) upper;
        a[m][1] = *(const u32*) (upper + 8 * 12);
        a[m][2] = *(const u32*) (upper + 8);
        a[m][3] = *(const u32*) (upper + 8 * 12 + 8);
      }
#pragma unroll
      for (int n = 0; n < 8; n++) {
        const u16* filter = filters + (n * 8 + group) * STEM_PITCH + step * 16 + 2 * quad;
        u32 b0 = *(const u32*) filter, b1 = *(const u32*) (filter + 8);
        multiply_f16(c[0][n], a[0], b0, b1);
        multiply_f16(c[1][n], a[1], b0, b1);
      }
    }
    bool rowInside = row >= 0 && row < convRows;
#pragma unroll
    for (int n = 0; n < 8; n++) {
      int o = n * 8 + 2 * quad;
      float b0 = firstOut + o < channels ? bias[firstOut + o] : 0, b1 = firstOut + o + 1 < channels ? bias[firstOut + o + 1] : 0;
#pragma unroll
      for (int m = 0; m < 2; m++) {
#pragma unroll
        for (int upper = 0; upper < 2; upper++) {
          int x = half * 32 + m * 16 + upper * 8 + group;
          bool inside = rowInside && firstColumn + x < convColumns;
          u32 low = inside ? float_to_half(fmaxf(c[m][n][2 * upper] + b0, 0)) : 0;
          u32 high = inside ? float_to_half(fmaxf(c[m][n][2 * upper + 1] + b1, 0)) : 0;
          // Swizzled by groups of 8 channels, so that the 8 pixels of a store meet 8 different banks' groups.
          int place = ((warp * STEM_COLUMNS + x) * STEM_OUT) + (((n ^ (x & 7)) << 3) | (2 * quad));
          *(u32*) (sums + place) = low | high << 16;
        }
      }
    }
  }
  __syncthreads();

  // Not negative, so that halves are ordered as integers, and 0 is what padding adds.
  int groups = STEM_OUT / 8;
  for (int i = thread; i < STEM_POOLED * pooledColumns * groups; i += blockDim.x) {
    int n = i % groups, q = i / groups, px = q % pooledColumns, py = q / pooledColumns;
    int outRow = firstPooledRow + py, outColumn = firstPooledColumn + px, o = firstOut + n * 8;
    if (outRow >= outRows || outColumn >= outColumns || o >= channels) continue;
    u16 best[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int r = 0; r < 3; r++) {
      for (int s = 0; s < 3; s++) {
        int x = 2 * outColumn - 1 + s - firstColumn;
        if (x < 0 || x >= STEM_COLUMNS) continue;
        const u16* from = sums + ((2 * py + r) * STEM_COLUMNS + x) * STEM_OUT + ((n ^ (x & 7)) << 3);
        for (int j = 0; j < 8; j++) best[j] = from[j] > best[j] ? from[j] : best[j];
      }
    }
    typename Number<FORMAT>::type* to =
        (typename Number<FORMAT>::type*) out + (((i64) image * outRows + outRow) * outColumns + outColumn) * channels + o;
    for (int j = 0; j < 8; j++) to[j] = Number<FORMAT>::write(half_to_float(best[j]) * inverse);
  }
}
#endif

// ---- pooling ---------------------------------------------------------------------------------------------------

/** 3x3 maximum at stride 2 with padding 1; the map's values may be negative. */
extern "C" __global__ void max_pool(const uint4* in, uint4* out, int height, int width, int vectors, int outHeight, int outWidth,
                                    int total) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  int v = i % vectors, q = i / vectors, ox = q % outWidth;
  q /= outWidth;
  int oy = q % outHeight, image = q / outHeight;
  float best[Vector<FORMAT>::LENGTH];
  for (int j = 0; j < Vector<FORMAT>::LENGTH; j++) best[j] = -3.4e38f;
  for (int r = 0; r < 3; r++) {
    for (int s = 0; s < 3; s++) {
      int y = 2 * oy - 1 + r, x = 2 * ox - 1 + s;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      Vector<FORMAT> value;
      value.bits = in[(((i64) image * height + y) * width + x) * vectors + v];
      for (int j = 0; j < Vector<FORMAT>::LENGTH; j++) best[j] = fmaxf(best[j], Number<FORMAT>::read(value.values[j]));
    }
  }
  Vector<FORMAT> result;
  for (int j = 0; j < Vector<FORMAT>::LENGTH; j++) result.values[j] = Number<FORMAT>::write(best[j]);
  out[i] = result.bits;
}

/**
 * Maxima (or sums) of a map's bands of rows, in float32: [band, images, channels]. One reading serves the whole map's vector and
 * those of all stripes. bounds[band] to bounds[band + 1] are a band's rows.
 */
extern "C" __global__ void pool_bands(const uint4* in, float* out, const int* bounds, int images, int bands, int height, int width,
                                      int vectors, int average, float scale) {
  const int length = Vector<FORMAT>::LENGTH;
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= images * bands * vectors) return;
  int v = i % vectors, q = i / vectors, band = q % bands, image = q / bands;
  const uint4* from = in + ((i64) image * height + bounds[band]) * width * vectors + v;
  int pixels = (bounds[band + 1] - bounds[band]) * width;
  float result[length];
  for (int j = 0; j < length; j++) result[j] = average ? 0 : -3.4e38f;
#pragma unroll 4
  for (int p = 0; p < pixels; p++) {
    Vector<FORMAT> value;
    value.bits = from[(i64) p * vectors];
    for (int j = 0; j < length; j++) {
      float x = Number<FORMAT>::read(value.values[j]);
      result[j] = average ? result[j] + x : fmaxf(result[j], x);
    }
  }
  float* to = out + (((i64) band * images + image) * vectors + v) * length;
  for (int j = 0; j < length; j++) to[j] = result[j] * scale;
}

/** A pooled vector's value: the maximum, or the mean, of its bands. parts[3 f] and parts[3 f + 1] are its bands, parts[3 f + 2] its pixels. */
__device__ __forceinline__ float pooled(const float* bands, const int* part, int average, i64 plane, i64 place) {
  float value = bands[part[0] * plane + place];
  for (int band = part[0] + 1; band < part[1]; band++) {
    float next = bands[band * plane + place];
    value = average ? value + next : fmaxf(value, next);
  }
  return average ? value / part[2] : value;
}

// ---- the reductions as one batched product -----------------------------------------------------------------------

#if MMA
#define REDUCE_COLUMNS 32
#define REDUCE_IMAGES 16
#define REDUCE_WARPS 8

/** Thread block (x: 32 outputs, y: 16 images, z: feature); its warps share the channels out among them. Weights [features, outputs, channels]. */
extern "C" __global__ void __launch_bounds__(32 * REDUCE_WARPS) reduce(const float* bands, const int* parts, const u16* weights,
    const float* bias, float* out, int images, int channels, int outputs, int features, int average, int relu) {
  __shared__ float sums[REDUCE_WARPS][REDUCE_IMAGES][REDUCE_COLUMNS + 1];
  int thread = threadIdx.x, lane = thread & 31, warp = thread >> 5, group = lane >> 2, quad = lane & 3;
  int feature = blockIdx.z, firstImage = blockIdx.y * REDUCE_IMAGES, firstColumn = blockIdx.x * REDUCE_COLUMNS;
  const int* part = parts + 3 * feature;
  i64 plane = (i64) images * channels;
  float c[4][4];
  for (int n = 0; n < 4; n++) for (int i = 0; i < 4; i++) c[n][i] = 0;
#pragma unroll 2
  for (int k = warp * 16; k < channels; k += 16 * REDUCE_WARPS) {
    u32 a[4];
    for (int i = 0; i < 4; i++) {
      int image = firstImage + group + (i & 1) * 8, channel = k + 2 * quad + (i >> 1) * 8;
      float low = 0, high = 0;
      if (image < images) {
        low = pooled(bands, part, average, plane, (i64) image * channels + channel);
        high = pooled(bands, part, average, plane, (i64) image * channels + channel + 1);
      }
      a[i] = float_to_half(low) | (u32) float_to_half(high) << 16;
    }
    for (int n = 0; n < 4; n++) {
      int column = firstColumn + n * 8 + group;
      u32 b0 = 0, b1 = 0;
      if (column < outputs) {
        const u16* row = weights + ((i64) feature * outputs + column) * channels + k + 2 * quad;
        b0 = *(const u32*) row;
        b1 = *(const u32*) (row + 8);
      }
      multiply_f16(c[n], a, b0, b1);
    }
  }
  for (int n = 0; n < 4; n++) {
    for (int i = 0; i < 4; i++) sums[warp][group + (i >> 1) * 8][n * 8 + 2 * quad + (i & 1)] = c[n][i];
  }
  __syncthreads();
  for (int i = thread; i < REDUCE_IMAGES * REDUCE_COLUMNS; i += blockDim.x) {
    int image = firstImage + i / REDUCE_COLUMNS, column = firstColumn + i % REDUCE_COLUMNS;
    if (image >= images || column >= outputs) continue;
    float sum = bias[feature * outputs + column];
    for (int w = 0; w < REDUCE_WARPS; w++) sum += sums[w][i / REDUCE_COLUMNS][i % REDUCE_COLUMNS];
    out[((i64) image * features + feature) * outputs + column] = relu ? fmaxf(sum, 0) : sum;
  }
}
#else
#define REDUCE_COLUMNS 16
#define REDUCE_IMAGES 16
#define REDUCE_STEP 32

/** Thread block (x: 16 outputs, y: 16 images, z: feature), a thread for each. Weights [features, outputs, channels] in float32. */
extern "C" __global__ void __launch_bounds__(256) reduce(const float* bands, const int* parts, const float* weights, const float* bias,
    float* out, int images, int channels, int outputs, int features, int average, int relu) {
  __shared__ float vectors[REDUCE_IMAGES][REDUCE_STEP + 1];
  __shared__ float filters[REDUCE_COLUMNS][REDUCE_STEP + 1];
  int thread = threadIdx.x, feature = blockIdx.z;
  int image = blockIdx.y * REDUCE_IMAGES + thread / REDUCE_COLUMNS, column = blockIdx.x * REDUCE_COLUMNS + thread % REDUCE_COLUMNS;
  float sum = 0;
  for (int k = 0; k < channels; k += REDUCE_STEP) {
    for (int i = thread; i < REDUCE_IMAGES * REDUCE_STEP; i += 256) {
      int row = i / REDUCE_STEP, channel = k + i % REDUCE_STEP, from = blockIdx.y * REDUCE_IMAGES + row;
      bool inside = from < images && channel < channels;
      vectors[row][i % REDUCE_STEP] =
          inside ? pooled(bands, parts + 3 * feature, average, (i64) images * channels, (i64) from * channels + channel) : 0;
      int to = blockIdx.x * REDUCE_COLUMNS + row;
      filters[row][i % REDUCE_STEP] =
          to < outputs && channel < channels ? weights[((i64) feature * outputs + to) * channels + channel] : 0;
    }
    __syncthreads();
    for (int i = 0; i < REDUCE_STEP; i++) sum += vectors[thread / REDUCE_COLUMNS][i] * filters[thread % REDUCE_COLUMNS][i];
    __syncthreads();
  }
  if (image < images && column < outputs) {
    sum += bias[feature * outputs + column];
    out[((i64) image * features + feature) * outputs + column] = relu ? fmaxf(sum, 0) : sum;
  }
}
#endif

/** Pooled vectors as features, where the network has no reduction: the first lengths of the channels. */
extern "C" __global__ void join(const float* bands, const int* parts, float* out, int images, int channels, int length, int features,
                                int average, int total) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  int channel = i % length, q = i / length, feature = q % features, image = q / features;
  out[i] = pooled(bands, parts + 3 * feature, average, (i64) images * channels, (i64) image * channels + channel);
}

/** The mean of images' features and their mirrors'. */
extern "C" __global__ void average_views(const float* in, float* out, int total) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < total) out[i] = in[i] / 2 + in[i + total] / 2;
}

// ---- what a convolution without epilogue lacks ---------------------------------------------------------------------

/** Adds the bias and the residual, in place; then ReLU. */
extern "C" __global__ void finish(uint4* map, const float* bias, const uint4* residual, int vectors, int relu, i64 total) {
  i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  Vector<FORMAT> value, other;
  value.bits = map[i];
  if (residual) other.bits = residual[i];
  const float* b = bias + (int) (i % vectors) * Vector<FORMAT>::LENGTH;
  for (int j = 0; j < Vector<FORMAT>::LENGTH; j++) {
    float x = Number<FORMAT>::read(value.values[j]) + b[j];
    if (residual) x += Number<FORMAT>::read(other.values[j]);
    value.values[j] = Number<FORMAT>::write(relu ? fmaxf(x, 0) : x);
  }
  map[i] = value.bits;
}

/** Arbitrary, moderate numbers: what choices of kernels are measured on. */
extern "C" __global__ void noise(u32* out, u32 keep, u32 put, i64 total) {
  i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  u32 x = (u32) i * 2654435761u;
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;
  out[i] = (x & keep) | put;
}

// ---- 1x1 convolution in 8-bit integers ---------------------------------------------------------------------------------

#if MMA && FORMAT == S8
#define TILE_ROWS 128  // pixels
#define TILE_STEP 64   // input channels of a stage
#define STAGES 3

/** The place of 16 bytes in a tile of 64-byte rows, such that 8 rows' same chunks lie in different banks. */
__device__ __forceinline__ int swizzled(int row, int chunk) { return row * TILE_STEP + ((chunk ^ ((row >> 1) & 3)) << 4); }

/**
 * relu(sum x w * scale + bias + residual * residualScale), rounded. Thread block (x: output channels, y: 128 pixels), 8 warps, 2 by
 * 4. The residual's tile travels while the products are made, and the result takes its place on its way out. Maps have pitches:
 * bytes from pixel to pixel. Channels in and out are multiples of 16.
 */
template <int COLUMNS>
__device__ __forceinline__ void conv1x1(const signed char* in, const signed char* weights, const float* scale, const float* bias,
    const signed char* residual, float residualScale, signed char* out, int pixels, int channels, int outputs, int inPitch, int outPitch,
    int relu) {
  extern __shared__ __align__(16) u8 stages[];
  const int WARP_COLUMNS = COLUMNS / 4, TILES = WARP_COLUMNS / 8;
  u8* a = stages;                                    // [STAGES][TILE_ROWS][TILE_STEP]
  u8* b = a + STAGES * TILE_ROWS * TILE_STEP;        // [STAGES][COLUMNS][TILE_STEP]
  u8* tile = b + STAGES * COLUMNS * TILE_STEP;       // [TILE_ROWS][COLUMNS + 16]: the pitch keeps rows in different banks
  const int PITCH = COLUMNS + 16;
  int thread = threadIdx.x, lane = thread & 31, warp = thread >> 5, group = lane >> 2, quad = lane & 3;
  int warpRow = (warp >> 2) * 64, warpColumn = (warp & 3) * WARP_COLUMNS;
  int firstPixel = blockIdx.y * TILE_ROWS, firstOutput = blockIdx.x * COLUMNS;

  int acc[4][TILES][4];
#pragma unroll
  for (int m = 0; m < 4; m++)
#pragma unroll
    for (int n = 0; n < TILES; n++)
#pragma unroll
      for (int i = 0; i < 4; i++) acc[m][n][i] = 0;

  int steps = (channels + TILE_STEP - 1) / TILE_STEP;
#define LOAD_STAGE(step)                                                                                          \
  {                                                                                                               \
    int stage = (step) % STAGES, k = (step) * TILE_STEP;                                                          \
    for (int i = thread; i < TILE_ROWS * 4; i += 256) {                                                           \
      int row = i >> 2, chunk = i & 3, pixel = firstPixel + row, channel = k + chunk * 16;                        \
      bool inside = pixel < pixels && channel < channels;                                                         \
      copy16(a + stage * TILE_ROWS * TILE_STEP + swizzled(row, chunk),                                            \
             inside ? in + (i64) pixel * inPitch + channel : in, inside ? 16 : 0);                                \
    }                                                                                                             \
    for (int i = thread; i < COLUMNS * 4; i += 256) {                                                             \
      int row = i >> 2, chunk = i & 3, output = firstOutput + row, channel = k + chunk * 16;                      \
      bool inside = output < outputs && channel < channels;                                                       \
      copy16(b + stage * COLUMNS * TILE_STEP + swizzled(row, chunk),                                              \
             inside ? weights + (i64) output * channels + channel : weights, inside ? 16 : 0);                    \
    }                                                                                                             \
  }
  for (int s = 0; s < STAGES - 1; s++) {
    if (s < steps) LOAD_STAGE(s)
    if (s == 0 && residual) {
      for (int i = thread; i < TILE_ROWS * COLUMNS / 16; i += 256) {
        int row = i / (COLUMNS / 16), chunk = i % (COLUMNS / 16), pixel = firstPixel + row, output = firstOutput + chunk * 16;
        bool inside = pixel < pixels && output < outputs;
        copy16(tile + row * PITCH + chunk * 16, inside ? residual + (i64) pixel * outPitch + output : residual, inside ? 16 : 0);
      }
    }
    commit_copies();
  }
  for (int step = 0; step < steps; step++) {
    wait_copies<STAGES - 2>();
    __syncthreads();
    if (step + STAGES - 1 < steps) LOAD_STAGE(step + STAGES - 1)
    commit_copies();
    const u8* aStage = a + step % STAGES * TILE_ROWS * TILE_STEP;
    const u8* bStage = b + step % STAGES * COLUMNS * TILE_STEP;
#pragma unroll
    for (int k = 0; k < TILE_STEP / 32; k++) {
      u32 af[4][4], bf[(TILES + 1) / 2][4];
#pragma unroll
      for (int m = 0; m < 4; m++) {
        load_matrices(af[m], aStage + swizzled(warpRow + m * 16 + (lane & 15), k * 2 + (lane >> 4)));
      }
#pragma unroll
      for (int n = 0; n < TILES / 2; n++) {
        load_matrices(bf[n], bStage + swizzled(warpColumn + n * 16 + (lane & 7) + ((lane >> 4) << 3), k * 2 + ((lane >> 3) & 1)));
      }
#pragma unroll
      for (int m = 0; m < 4; m++)
#pragma unroll
        for (int n = 0; n < TILES; n++) multiply_s8(acc[m][n], af[m], bf[n / 2][n % 2 * 2], bf[n / 2][n % 2 * 2 + 1]);
    }
  }
  wait_copies<0>();
  __syncthreads();

#pragma unroll
  for (int n = 0; n < TILES; n++) {
    int column = warpColumn + n * 8 + 2 * quad, output = firstOutput + column;
    bool inside = output < outputs;
    float s0 = inside ? scale[output] : 0, s1 = inside ? scale[output + 1] : 0;
    float b0 = inside ? bias[output] : 0, b1 = inside ? bias[output + 1] : 0;
#pragma unroll
    for (int m = 0; m < 4; m++) {
#pragma unroll
      for (int lower = 0; lower < 2; lower++) {
        signed char* place = (signed char*) tile + (warpRow + m * 16 + lower * 8 + group) * PITCH + column;
        float x0 = acc[m][n][2 * lower] * s0 + b0, x1 = acc[m][n][2 * lower + 1] * s1 + b1;
        if (residual) {
          x0 += place[0] * residualScale;
          x1 += place[1] * residualScale;
        }
        if (relu) {
          x0 = fmaxf(x0, 0);
          x1 = fmaxf(x1, 0);
        }
        *(u16*) place = (u16) (u8) float_to_s8(x0) | (u16) ((u16) (u8) float_to_s8(x1) << 8);
      }
    }
  }
  __syncthreads();
  for (int i = thread; i < TILE_ROWS * COLUMNS / 16; i += 256) {
    int row = i / (COLUMNS / 16), chunk = i % (COLUMNS / 16), pixel = firstPixel + row, output = firstOutput + chunk * 16;
    if (pixel < pixels && output < outputs) {
      *(uint4*) (out + (i64) pixel * outPitch + output) = *(const uint4*) (tile + row * PITCH + chunk * 16);
    }
  }
}
extern "C" __global__ void __launch_bounds__(256, 2) conv1x1_128(const signed char* in, const signed char* weights, const float* scale,
    const float* bias, const signed char* residual, float residualScale, signed char* out, int pixels, int channels, int outputs,
    int inPitch, int outPitch, int relu) {
  conv1x1<128>(in, weights, scale, bias, residual, residualScale, out, pixels, channels, outputs, inPitch, outPitch, relu);
}
extern "C" __global__ void __launch_bounds__(256, 2) conv1x1_64(const signed char* in, const signed char* weights, const float* scale,
    const float* bias, const signed char* residual, float residualScale, signed char* out, int pixels, int channels, int outputs,
    int inPitch, int outPitch, int relu) {
  conv1x1<64>(in, weights, scale, bias, residual, residualScale, out, pixels, channels, outputs, inPitch, outPitch, relu);
}
#endif
