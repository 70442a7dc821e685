// The part of cuDNN's backend interface that the engine calls: convolutions with pointwise epilogues, by plain loops. The engines
// that its heuristics name are made up: among them are some that compile no plan, want too much memory, or are not exact.

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "emulator.h"
#include "numbers.h"

using emulator::Stream;

namespace {

enum Status { SUCCESS = 0, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, INTERNAL_ERROR = 4000 };

enum Kind {
  POINTWISE = 0,
  CONVOLUTION = 1,
  ENGINE = 2,
  CONFIGURATION = 3,
  HEURISTICS = 4,
  PLAN = 5,
  CONVOLUTION_OPERATION = 10,
  POINTWISE_OPERATION = 13,
  GRAPH = 15,
  PACK = 16,
  TENSOR = 17,
};

enum Type { HANDLE = 0, DATA_TYPE = 1, BOOLEAN = 2, INT64 = 3, FLOAT = 4, ADDRESS = 6, MODE = 7, HEURISTIC = 8, NOTE = 11, FUNCTION = 14,
            DESCRIPTOR = 15, BEHAVIOUR = 19 };

enum Attribute {
  FUNCTION_MODE = 0, FUNCTION_PRECISION = 1,
  COMPUTE_TYPE = 100, CONVOLUTION_MODE = 101, DILATIONS = 102, STRIDES = 103, POST_PADDINGS = 104, PRE_PADDINGS = 105, SPATIAL = 106,
  HEURISTICS_MODE = 200, HEURISTICS_GRAPH = 201, HEURISTICS_RESULTS = 202,
  CONFIGURED_ENGINE = 300,
  PLAN_HANDLE = 400, PLAN_CONFIGURATION = 401, PLAN_WORKSPACE = 402,
  ALPHA = 700, BETA = 701, CONVOLUTION_WINDOW = 702, CONVOLUTION_W = 703, CONVOLUTION_X = 704, CONVOLUTION_Y = 705,
  POINTWISE_FUNCTION = 750, POINTWISE_X = 751, POINTWISE_B = 752, POINTWISE_Y = 753,
  GRAPH_HANDLE = 800, GRAPH_OPERATIONS = 801,
  ALIGNMENT = 900, TENSOR_TYPE = 901, DIMENSIONS = 902, TENSOR_STRIDES = 903, ID = 906, VIRTUAL = 907,
  PACK_IDS = 1000, PACK_ADDRESSES = 1001, PACK_WORKSPACE = 1003,
  ENGINE_INDEX = 1301, ENGINE_NOTES = 1303, ENGINE_BEHAVIOUR = 1305,
};

const std::map<int, Type> TYPES{
    {FUNCTION_MODE, FUNCTION}, {FUNCTION_PRECISION, DATA_TYPE}, {COMPUTE_TYPE, DATA_TYPE}, {CONVOLUTION_MODE, MODE},
    {DILATIONS, INT64}, {STRIDES, INT64}, {POST_PADDINGS, INT64}, {PRE_PADDINGS, INT64}, {SPATIAL, INT64},
    {HEURISTICS_MODE, HEURISTIC}, {HEURISTICS_GRAPH, DESCRIPTOR}, {PLAN_HANDLE, HANDLE}, {PLAN_CONFIGURATION, DESCRIPTOR},
    {ALPHA, FLOAT}, {BETA, FLOAT}, {CONVOLUTION_WINDOW, DESCRIPTOR}, {CONVOLUTION_W, DESCRIPTOR}, {CONVOLUTION_X, DESCRIPTOR},
    {CONVOLUTION_Y, DESCRIPTOR}, {POINTWISE_FUNCTION, DESCRIPTOR}, {POINTWISE_X, DESCRIPTOR}, {POINTWISE_B, DESCRIPTOR},
    {POINTWISE_Y, DESCRIPTOR}, {GRAPH_HANDLE, HANDLE}, {GRAPH_OPERATIONS, DESCRIPTOR}, {ALIGNMENT, INT64}, {TENSOR_TYPE, DATA_TYPE},
    {DIMENSIONS, INT64}, {TENSOR_STRIDES, INT64}, {ID, INT64}, {VIRTUAL, BOOLEAN}, {PACK_IDS, INT64}, {PACK_ADDRESSES, ADDRESS},
    {PACK_WORKSPACE, ADDRESS}};

size_t bytes(int type) { return type == BOOLEAN ? 1 : type == INT64 || type == HANDLE || type == ADDRESS || type == DESCRIPTOR ? 8 : 4; }

enum DataType { F32 = 0, F16 = 2, S8 = 3, S32 = 4, BF16 = 9, E4M3 = 12 };

size_t length(int type) { return type == F32 || type == S32 ? 4 : type == F16 || type == BF16 ? 2 : 1; }

struct Handle {
  int device;
  Stream* stream;
};

/** One of cuDNN's engines. */
struct Engine {
  bool compiles;
  long workspace;
  std::vector<int> notes;     // 0: matrix units, which round float32 to tf32; 5: Winograd
  std::vector<int> behaviour; // 0: compiled at run time
};

const std::vector<Engine> ENGINES{
    {true, 0, {0}, {}},
    {true, 0, {0}, {0}},
    {false, 0, {}, {0}},
    {true, 300L << 20, {}, {0}},
    {true, 1 << 10, {}, {}},
    {true, 0, {0, 5}, {}},
    {true, 0, {}, {0}},
};
const std::vector<int> PROMISING{2, 3, 5, 0, 1, 4, 6};
const std::vector<int> FALLBACK{1, 4};

struct Descriptor {
  int kind;
  bool finished = false;
  std::map<int, std::vector<char>> attributes;
  int engine = -1;

  template <class T> std::vector<T> all(int attribute) const {
    auto found = attributes.find(attribute);
    if (found == attributes.end()) return {};
    std::vector<T> values(found->second.size() / sizeof(T));
    std::memcpy(values.data(), found->second.data(), found->second.size());
    return values;
  }
  int64_t number(int attribute, size_t i = 0) const { return all<int64_t>(attribute).at(i); }
  int choice(int attribute) const { return all<int>(attribute).at(0); }
  const Descriptor* one(int attribute) const { return all<const Descriptor*>(attribute).at(0); }
  bool has(int attribute) const { return attributes.count(attribute) > 0; }
};

std::set<const Descriptor*> descriptors;

/** A map, or a value per channel: dimensions and strides in numbers. */
struct Tensor {
  int64_t id, n, c, h, w, sn, sc, sh, sw;
  int type;
  bool hidden;

  explicit Tensor(const Descriptor* d)
      : id(d->number(ID)), n(d->number(DIMENSIONS, 0)), c(d->number(DIMENSIONS, 1)), h(d->number(DIMENSIONS, 2)),
        w(d->number(DIMENSIONS, 3)), sn(d->number(TENSOR_STRIDES, 0)), sc(d->number(TENSOR_STRIDES, 1)),
        sh(d->number(TENSOR_STRIDES, 2)), sw(d->number(TENSOR_STRIDES, 3)), type(d->choice(TENSOR_TYPE)), hidden(d->has(VIRTUAL)) {}

  size_t numbers() const { return (size_t) (n * c * h * w); }
  size_t extent() const { return (size_t) ((n - 1) * sn + (c - 1) * sc + (h - 1) * sh + (w - 1) * sw + 1) * length(type); }
};

float read(const char* at, int type) {
  uint16_t two;
  float four;
  switch (type) {
    case F32: std::memcpy(&four, at, 4); return four;
    case F16: std::memcpy(&two, at, 2); return numbers::half_to_float(two);
    case BF16: std::memcpy(&two, at, 2); return numbers::bf16_to_float(two);
    case S8: return *(const int8_t*) at;
    case E4M3: return numbers::e4m3_to_float(*(const uint8_t*) at);
    default: emulator::fatal("maps of type %d", type);
  }
}

void write(char* at, int type, float value) {
  uint16_t two;
  switch (type) {
    case F32: std::memcpy(at, &value, 4); return;
    case F16: two = numbers::float_to_half(value); std::memcpy(at, &two, 2); return;
    case BF16: two = numbers::float_to_bf16(value); std::memcpy(at, &two, 2); return;
    case S8: *(int8_t*) at = numbers::float_to_s8(value); return;
    case E4M3: *(uint8_t*) at = numbers::float_to_e4m3(value); return;
    default: emulator::fatal("maps of type %d", type);
  }
}

/** The numbers of a map in memory, [n][h][w][c] without gaps. */
std::vector<float> load(const Tensor& t, const void* address) {
  std::vector<float> values;
  values.reserve(t.numbers());
  for (int64_t n = 0; n < t.n; n++)
    for (int64_t h = 0; h < t.h; h++)
      for (int64_t w = 0; w < t.w; w++)
        for (int64_t c = 0; c < t.c; c++)
          values.push_back(read((const char*) address + (size_t) (n * t.sn + h * t.sh + w * t.sw + c * t.sc) * length(t.type), t.type));
  return values;
}

void store(const Tensor& t, void* address, const std::vector<float>& values) {
  size_t i = 0;
  for (int64_t n = 0; n < t.n; n++)
    for (int64_t h = 0; h < t.h; h++)
      for (int64_t w = 0; w < t.w; w++)
        for (int64_t c = 0; c < t.c; c++)
          write((char*) address + (size_t) (n * t.sn + h * t.sh + w * t.sw + c * t.sc) * length(t.type), t.type, values[i++]);
}

struct Operation {
  bool convolution;
  Tensor x, b, y; // b: weights, or the second operand; x again if there is none
  int mode;       // pointwise: 0 sum, 1 product, 100 ReLU
  bool second;
  int64_t stride, padding;

  explicit Operation(const Descriptor* d)
      : convolution(d->kind == CONVOLUTION_OPERATION), x(d->one(convolution ? CONVOLUTION_X : POINTWISE_X)),
        b(d->one(convolution ? CONVOLUTION_W : d->has(POINTWISE_B) ? POINTWISE_B : POINTWISE_X)),
        y(d->one(convolution ? CONVOLUTION_Y : POINTWISE_Y)),
        mode(convolution ? -1 : d->one(POINTWISE_FUNCTION)->choice(FUNCTION_MODE)), second(convolution || d->has(POINTWISE_B)),
        stride(convolution ? d->one(CONVOLUTION_WINDOW)->number(STRIDES) : 1),
        padding(convolution ? d->one(CONVOLUTION_WINDOW)->number(PRE_PADDINGS) : 0) {}

  bool consistent() const {
    if (!convolution) {
      auto fits = [](int64_t part, int64_t whole) { return part == 1 || part == whole; };
      return x.numbers() == y.numbers() && fits(b.n, y.n) && fits(b.c, y.c) && fits(b.h, y.h) && fits(b.w, y.w);
    }
    return x.n == y.n && x.c == b.c && b.n == y.c && y.h == (x.h + 2 * padding - b.h) / stride + 1 &&
        y.w == (x.w + 2 * padding - b.w) / stride + 1 && x.type == b.type;
  }
};

/** Operations whose descriptors may be gone when they are run. */
struct Work {
  std::vector<Operation> operations;
  bool rounds; // float32 to the matrix units' format
};

std::vector<float> convolve(const Operation& o, const std::vector<float>& x, const std::vector<float>& w) {
  std::vector<float> y(o.y.numbers());
  size_t i = 0;
  for (int64_t n = 0; n < o.y.n; n++)
    for (int64_t oy = 0; oy < o.y.h; oy++)
      for (int64_t ox = 0; ox < o.y.w; ox++)
        for (int64_t out = 0; out < o.y.c; out++) {
          double sum = 0; // exact for 8-bit integers
          for (int64_t r = 0; r < o.b.h; r++)
            for (int64_t s = 0; s < o.b.w; s++) {
              int64_t iy = oy * o.stride - o.padding + r, ix = ox * o.stride - o.padding + s;
              if (iy < 0 || iy >= o.x.h || ix < 0 || ix >= o.x.w) continue;
              const float* from = &x[(size_t) (((n * o.x.h + iy) * o.x.w + ix) * o.x.c)];
              const float* with = &w[(size_t) (((out * o.b.h + r) * o.b.w + s) * o.b.c)];
              for (int64_t c = 0; c < o.x.c; c++) sum += from[c] * with[c];
            }
          y[i++] = (float) sum;
        }
  return y;
}

std::vector<float> combine(const Operation& o, std::vector<float> x, const std::vector<float>& b) {
  size_t i = 0;
  for (int64_t n = 0; n < o.y.n; n++)
    for (int64_t h = 0; h < o.y.h; h++)
      for (int64_t w = 0; w < o.y.w; w++)
        for (int64_t c = 0; c < o.y.c; c++, i++) {
          if (!o.second) {
            x[i] = std::max(x[i], 0.0f);
            continue;
          }
          size_t j = (size_t) ((((n % o.b.n) * o.b.h + h % o.b.h) * o.b.w + w % o.b.w) * o.b.c + c % o.b.c);
          x[i] = o.mode == 0 ? x[i] + b[j] : x[i] * b[j];
        }
  return x;
}

void run(const Work& work, const std::map<int64_t, char*>& places) {
  std::map<int64_t, std::vector<float>> values;
  auto value = [&](const Tensor& t) {
    auto found = values.find(t.id);
    return found != values.end() ? found->second : load(t, places.at(t.id));
  };
  for (const Operation& o : work.operations) {
    std::vector<float> x = value(o.x), b = o.second ? value(o.b) : std::vector<float>();
    if (o.convolution && work.rounds && o.x.type == F32) {
      for (float& v : x) v = numbers::tf32(v);
      for (float& v : b) v = numbers::tf32(v);
    }
    std::vector<float> y = o.convolution ? convolve(o, x, b) : combine(o, std::move(x), b);
    if (!o.y.hidden) store(o.y, places.at(o.y.id), y);
    values[o.y.id] = std::move(y);
  }
}

std::vector<Operation> operations(const Descriptor* graph) {
  std::vector<Operation> all;
  for (const Descriptor* d : graph->all<const Descriptor*>(GRAPH_OPERATIONS)) all.emplace_back(d);
  return all;
}

bool scaled(const std::vector<Operation>& operations) { return length(operations.at(0).x.type) == 1; }

/** Whether all descriptors that one refers to exist and are finished. */
bool complete(const Descriptor* d) {
  for (const auto& attribute : d->attributes) {
    if (TYPES.at(attribute.first) != DESCRIPTOR) continue;
    for (const Descriptor* other : d->all<const Descriptor*>(attribute.first)) {
      if (descriptors.count(other) == 0) emulator::fatal("a descriptor was destroyed before one that refers to it");
      if (!other->finished && other->kind != CONFIGURATION) return false;
    }
  }
  return true;
}

} // namespace

extern "C" {

size_t cudnnGetVersion() { return 91900; }

const char* cudnnGetErrorString(int status) {
  return status == NOT_SUPPORTED ? "CUDNN_STATUS_NOT_SUPPORTED" : status == BAD_PARAM ? "CUDNN_STATUS_BAD_PARAM" : "CUDNN_STATUS_INTERNAL_ERROR";
}

int cudnnCreate(Handle** result) {
  EMULATED(INTERNAL_ERROR);
  *result = new Handle{emulator::device(), nullptr};
  emulator::count(1);
  return SUCCESS;
}

int cudnnDestroy(Handle* handle) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  delete handle;
  emulator::count(-1);
  return SUCCESS;
}

int cudnnSetStream(Handle* handle, Stream* stream) {
  EMULATED(INTERNAL_ERROR);
  if (handle->device != stream->device) return BAD_PARAM;
  handle->stream = stream;
  return SUCCESS;
}

int cudnnBackendCreateDescriptor(int kind, Descriptor** result) {
  EMULATED(INTERNAL_ERROR);
  *result = new Descriptor();
  (*result)->kind = kind;
  descriptors.insert(*result);
  emulator::count(1);
  return SUCCESS;
}

int cudnnBackendDestroyDescriptor(Descriptor* descriptor) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  descriptors.erase(descriptor);
  delete descriptor;
  emulator::count(-1);
  return SUCCESS;
}

int cudnnBackendSetAttribute(Descriptor* descriptor, int attribute, int type, int64_t count, const void* values) {
  EMULATED(INTERNAL_ERROR);
  auto expected = TYPES.find(attribute);
  if (descriptor->finished || expected == TYPES.end() || expected->second != type || count < 1) return BAD_PARAM;
  descriptor->attributes[attribute].assign((const char*) values, (const char*) values + (size_t) count * bytes(type));
  return SUCCESS;
}

static void give(const std::vector<int>& from, int64_t limit, int64_t* count, void* to) {
  *count = (int64_t) from.size();
  std::memcpy(to, from.data(), (size_t) std::min(limit, *count) * sizeof(int));
}

int cudnnBackendGetAttribute(Descriptor* descriptor, int attribute, int type, int64_t limit, int64_t* count, void* values) {
  EMULATED(INTERNAL_ERROR);
  if (descriptor->kind == HEURISTICS && attribute == HEURISTICS_RESULTS && type == DESCRIPTOR) {
    const auto& names = descriptor->choice(HEURISTICS_MODE) == 3 ? PROMISING : FALLBACK;
    *count = std::min<int64_t>(limit, (int64_t) names.size());
    for (int64_t i = 0; i < *count; i++) {
      Descriptor* configuration = ((Descriptor**) values)[i];
      configuration->engine = names[(size_t) i];
      configuration->finished = true;
      configuration->attributes = descriptor->attributes; // the graph
    }
  } else if (descriptor->kind == CONFIGURATION && attribute == CONFIGURED_ENGINE && type == DESCRIPTOR) {
    ((Descriptor**) values)[0]->engine = descriptor->engine;
    *count = 1;
  } else if (descriptor->kind == ENGINE && attribute == ENGINE_INDEX && type == INT64) {
    *(int64_t*) values = descriptor->engine;
    *count = 1;
  } else if (descriptor->kind == ENGINE && attribute == ENGINE_NOTES && type == NOTE) {
    give(ENGINES[(size_t) descriptor->engine].notes, limit, count, values);
  } else if (descriptor->kind == ENGINE && attribute == ENGINE_BEHAVIOUR && type == BEHAVIOUR) {
    give(ENGINES[(size_t) descriptor->engine].behaviour, limit, count, values);
  } else if (descriptor->kind == PLAN && attribute == PLAN_WORKSPACE && type == INT64 && descriptor->finished) {
    *(int64_t*) values = ENGINES[(size_t) descriptor->one(PLAN_CONFIGURATION)->engine].workspace;
    *count = 1;
  } else {
    return BAD_PARAM;
  }
  return SUCCESS;
}

int cudnnBackendFinalize(Descriptor* descriptor) {
  EMULATED(INTERNAL_ERROR);
  if (descriptor->finished || !complete(descriptor)) return BAD_PARAM;
  if (descriptor->kind == TENSOR &&
      (descriptor->all<int64_t>(DIMENSIONS).size() != 4 || descriptor->all<int64_t>(TENSOR_STRIDES).size() != 4 || !descriptor->has(ID))) {
    return BAD_PARAM;
  }
  if (descriptor->kind == GRAPH && !descriptor->has(GRAPH_HANDLE)) return BAD_PARAM;
  if (descriptor->kind == CONVOLUTION_OPERATION || descriptor->kind == POINTWISE_OPERATION) {
    if (!Operation(descriptor).consistent()) return BAD_PARAM;
  }
  if (descriptor->kind == HEURISTICS && emulator::only_plain &&
      descriptor->one(HEURISTICS_GRAPH)->all<Descriptor*>(GRAPH_OPERATIONS).size() > 1) {
    return NOT_SUPPORTED;
  }
  if (descriptor->kind == PLAN && !ENGINES[(size_t) descriptor->one(PLAN_CONFIGURATION)->engine].compiles) return NOT_SUPPORTED;
  descriptor->finished = true;
  return SUCCESS;
}

int cudnnBackendExecute(Handle* handle, Descriptor* plan, Descriptor* pack) {
  EMULATED(INTERNAL_ERROR);
  if (!handle->stream || handle->device != emulator::device() || !plan->finished || !pack->finished || !complete(plan)) return BAD_PARAM;
  const Descriptor* configuration = plan->one(PLAN_CONFIGURATION);
  const Descriptor* graph = configuration->one(HEURISTICS_GRAPH);
  if (descriptors.count(graph) == 0) emulator::fatal("a plan's graph was destroyed before it");
  const Engine& engine = ENGINES[(size_t) configuration->engine];
  Work work{operations(graph), std::count(engine.notes.begin(), engine.notes.end(), 0) > 0};
  if (scaled(work.operations) && engine.behaviour.empty()) emulator::fatal("cuDNN 9.14 crashes in a precompiled 8-bit kernel");
  auto ids = pack->all<int64_t>(PACK_IDS);
  auto addresses = pack->all<char*>(PACK_ADDRESSES);
  if (ids.size() != addresses.size()) return BAD_PARAM;
  std::map<int64_t, char*> places;
  for (size_t i = 0; i < ids.size(); i++) places[ids[i]] = addresses[i];
  for (const Operation& o : work.operations) {
    for (const Tensor* t : {&o.x, &o.b, &o.y}) {
      if (t->hidden) continue;
      if (places.count(t->id) == 0) return BAD_PARAM;
      char* place = places[t->id];
      if ((uintptr_t) place % 16 != 0 || !emulator::on_device(place, t->extent(), handle->device)) {
        emulator::fatal("the operand %d of a convolution is not on the device", (int) t->id);
      }
    }
  }
  auto workspace = pack->all<char*>(PACK_WORKSPACE);
  if (engine.workspace > 0 && !emulator::on_device(workspace.at(0), (size_t) engine.workspace, handle->device)) {
    emulator::fatal("a workspace is too small");
  }
  char* scratch = engine.workspace > 0 ? workspace[0] : nullptr;
  size_t scratch_bytes = (size_t) engine.workspace;
  emulator::enqueue(handle->stream, [=] {
    if (scratch) std::memset(scratch, 0xff, scratch_bytes);
    if (!emulator::idle) run(work, places);
  });
  return SUCCESS;
}

} // extern "C"
