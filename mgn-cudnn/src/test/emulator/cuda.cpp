// The part of CUDA's runtime, driver and NVRTC that the engine calls, on the CPU. Work is done as late as it may be, in a random
// order of those that streams and events allow: at a synchronisation, not at the call. Memory ends at a page that cannot be read.

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "emulator.h"
#include "grid.h"

using device::Grid;
using emulator::Graph;
using emulator::Stream;
using emulator::Task;
using emulator::Tasks;

namespace {

enum Error {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_IMAGE = 200,
  INVALID_DEVICE = 101,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  UNKNOWN = 999,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_UNJOINED = 904,
  CAPTURE_ISOLATION = 905,
};

/** What tests set by cudaDeviceSetLimit and read by cudaDeviceGetLimit, which the engine does not call. */
enum Setting { FAIL = 9001, LIVE = 9002, CALLS = 9003, SEED = 9004, MEMORY = 9005, DEVICES = 9006, USED = 9007, PLAIN = 9008 };

std::set<Stream*> streams;
thread_local int recordings = 0; // that the calling thread has begun: it may not wait or allocate before their end

struct Event {
  bool timing;
  Tasks tail;
  std::shared_ptr<Graph> recording;
  double milliseconds = 0;
};

struct Memory {
  size_t bytes;
  size_t mapped;
  char* base;
  int device; // -1: the host's, pinned
};

struct Executable {
  Tasks tasks;
};

struct Function {
  void* bind;
  int shared_bytes = 48 << 10; // what a launch may ask for, unless it is set
};

struct Module {
  void* library;
  std::map<std::string, Function> functions;
};

struct Program {
  std::string source;
  std::string code;
  std::string log;
};

long calls = 0, fail_at = 0, live = 0;
std::vector<int> capabilities{90, 90};
size_t memory_bytes = (size_t) 8 << 30, used_bytes = 0;
thread_local int current_device = 0;
std::mt19937 random_numbers(1);
std::map<const char*, Memory> memory; // by first address
std::map<const char*, size_t> registered;
Tasks pending;

const Memory* memory_of(const void* address, size_t bytes) {
  auto next = memory.upper_bound((const char*) address);
  if (next == memory.begin()) return nullptr;
  const auto& found = *--next;
  return (const char*) address + bytes <= found.first + found.second.bytes ? &found.second : nullptr;
}

bool pinned(const void* address, size_t bytes) {
  const Memory* found = memory_of(address, bytes);
  if (found) return found->device < 0;
  auto next = registered.upper_bound((const char*) address);
  if (next == registered.begin()) return false;
  --next;
  return (const char*) address + bytes <= next->first + next->second;
}

/** Allocates bytes up to the end of a page; the next one cannot be touched. Its contents are no numbers. */
int allocate(void** result, size_t bytes, int device) {
  const size_t page = 4096, unit = 256;
  bytes = (bytes + unit - 1) / unit * unit;
  if (device >= 0 && used_bytes + bytes > memory_bytes) return OUT_OF_MEMORY;
  size_t body = (bytes + page - 1) / page * page;
  char* base = (char*) mmap(nullptr, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return OUT_OF_MEMORY;
  mprotect(base + body, page, PROT_NONE);
  char* first = base + body - bytes;
  std::memset(first, 0xff, bytes);
  memory[first] = {bytes, body + page, base, device};
  if (device >= 0) used_bytes += bytes;
  emulator::count(1);
  *result = first;
  return SUCCESS;
}

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/** Runs tasks, all of `tasks` at least, in a random order of those that what they come after allows. */
void run(Tasks& tasks, const Tasks& wanted) {
  auto finished = [](const std::shared_ptr<Task>& task) { return task->done; };
  while (!std::all_of(wanted.begin(), wanted.end(), finished)) {
    std::vector<size_t> ready;
    for (size_t i = 0; i < tasks.size(); i++) {
      if (std::all_of(tasks[i]->after.begin(), tasks[i]->after.end(), finished)) ready.push_back(i);
    }
    if (ready.empty()) emulator::fatal("work waits for itself");
    size_t chosen = ready[random_numbers() % ready.size()];
    std::shared_ptr<Task> task = tasks[chosen];
    tasks.erase(tasks.begin() + (long) chosen);
    task->run();
    task->done = true;
    task->after.clear();
  }
}

void finish(const Tasks& wanted) { run(pending, Tasks(wanted)); }

int release(void* address, bool host) {
  if (!address) return SUCCESS;
  auto found = memory.find((const char*) address);
  if (found == memory.end() || (found->second.device < 0) != host) return INVALID_VALUE;
  if (!host) {
    used_bytes -= found->second.bytes;
    // The device finishes what it was given before memory goes.
    finish(Tasks(pending));
  }
  munmap(found->second.base, found->second.mapped);
  memory.erase(found);
  emulator::count(-1);
  return SUCCESS;
}

} // namespace

namespace emulator {

std::recursive_mutex mutex;
bool only_plain = false;
const bool idle = std::getenv("MGN_EMULATOR_IDLE") != nullptr;

bool fails() { return ++calls == fail_at; }

void count(int change) { live += change; }

int device() { return current_device; }

void enqueue(Stream* stream, std::function<void()> work) {
  auto task = std::make_shared<Task>();
  task->run = std::move(work);
  if (stream->recording) {
    task->after = stream->recorded;
    stream->recorded = {task};
    stream->recording->tasks.push_back(task);
  } else {
    task->after = stream->tail;
    stream->tail = {task};
    pending.push_back(task);
  }
}

bool on_device(const void* address, size_t bytes, int device) {
  const Memory* found = memory_of(address, bytes);
  return found && found->device == device;
}

void fatal(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::fprintf(stderr, "emulated device: ");
  std::vfprintf(stderr, format, arguments);
  std::fprintf(stderr, "\n");
  va_end(arguments);
  std::abort();
}

} // namespace emulator

extern "C" {

// ---- devices and settings ----------------------------------------------------------------------------------------

int cudaDeviceSetLimit(int setting, size_t value) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  if (setting == FAIL) {
    calls = 0;
    fail_at = (long) value;
  } else if (setting == SEED) {
    random_numbers.seed((unsigned) value);
  } else if (setting == MEMORY) {
    memory_bytes = value;
  } else if (setting == PLAIN) {
    emulator::only_plain = value != 0;
  } else if (setting == DEVICES) { // two digits of compute capability each
    capabilities.clear();
    for (; value > 0; value /= 100) capabilities.insert(capabilities.begin(), (int) (value % 100));
  } else {
    return INVALID_VALUE;
  }
  return SUCCESS;
}

int cudaDeviceGetLimit(size_t* value, int setting) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  *value = (size_t) (setting == LIVE ? live : setting == CALLS ? calls : (long) used_bytes);
  return setting == LIVE || setting == CALLS || setting == USED ? SUCCESS : INVALID_VALUE;
}

int cudaDriverGetVersion(int* version) {
  *version = 13010;
  return SUCCESS;
}

int cudaGetDeviceCount(int* result) {
  *result = (int) capabilities.size();
  return SUCCESS;
}

/** name at 0, total memory at 288, compute capability at 360 and 364: the layout of CUDA 13. */
int cudaGetDeviceProperties(char* properties, int index) {
  if (index < 0 || index >= (int) capabilities.size()) return INVALID_DEVICE;
  int capability = capabilities[(size_t) index];
  std::memset(properties, 0, 1008);
  std::snprintf(properties, 256, "Emulated GPU %d.%d", capability / 10, capability % 10);
  std::memcpy(properties + 288, &memory_bytes, sizeof memory_bytes);
  int major = capability / 10, minor = capability % 10;
  std::memcpy(properties + 360, &major, sizeof major);
  std::memcpy(properties + 364, &minor, sizeof minor);
  return SUCCESS;
}

int cudaSetDevice(int index) {
  EMULATED(UNKNOWN);
  if (index < 0 || index >= (int) capabilities.size()) return INVALID_DEVICE;
  current_device = index;
  return SUCCESS;
}

int cudaGetLastError() { return SUCCESS; }

const char* cudaGetErrorString(int error) {
  return error == OUT_OF_MEMORY ? "out of memory" : error == INVALID_VALUE ? "invalid argument" : "an error of the emulator";
}

// ---- memory ------------------------------------------------------------------------------------------------------

int cudaMalloc(void** result, size_t bytes) {
  EMULATED(OUT_OF_MEMORY);
  if (recordings > 0) return CAPTURE_UNSUPPORTED;
  return allocate(result, bytes, current_device);
}

int cudaFree(void* address) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  return release(address, false);
}

int cudaHostAlloc(void** result, size_t bytes, unsigned) {
  EMULATED(OUT_OF_MEMORY);
  if (recordings > 0) return CAPTURE_UNSUPPORTED;
  return allocate(result, bytes, -1);
}

int cudaFreeHost(void* address) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  return release(address, true);
}

int cudaHostRegister(void* address, size_t bytes, unsigned) {
  EMULATED(OUT_OF_MEMORY);
  if (!registered.emplace((const char*) address, bytes).second) return INVALID_VALUE;
  emulator::count(1);
  return SUCCESS;
}

int cudaHostUnregister(void* address) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  if (registered.erase((const char*) address) == 0) return INVALID_VALUE;
  emulator::count(-1);
  return SUCCESS;
}

int cudaMemcpy(void* to, const void* from, size_t bytes, int kind) {
  EMULATED(UNKNOWN);
  if (recordings > 0) return CAPTURE_UNSUPPORTED;
  if (!emulator::on_device(kind == 1 ? to : from, bytes, current_device)) return INVALID_VALUE;
  std::memcpy(to, from, bytes);
  return SUCCESS;
}

int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int kind, Stream* stream) {
  EMULATED(UNKNOWN);
  if (stream->device != current_device) return INVALID_HANDLE;
  if (!emulator::on_device(kind == 1 ? to : from, bytes, current_device)) return INVALID_VALUE;
  if (kind == 1 && !pinned(from, bytes)) { // pageable memory is read at once
    std::vector<char> copy((const char*) from, (const char*) from + bytes);
    emulator::enqueue(stream, [=] { std::memcpy(to, copy.data(), bytes); });
  } else {
    emulator::enqueue(stream, [=] { std::memcpy(to, from, bytes); });
  }
  return SUCCESS;
}

// ---- streams, events, graphs -------------------------------------------------------------------------------------

int cudaStreamCreateWithFlags(Stream** result, unsigned) {
  EMULATED(UNKNOWN);
  *result = new Stream{current_device, {}, nullptr, {}};
  streams.insert(*result);
  emulator::count(1);
  return SUCCESS;
}

int cudaStreamDestroy(Stream* stream) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  finish(stream->tail);
  streams.erase(stream);
  delete stream;
  emulator::count(-1);
  return SUCCESS;
}

int cudaStreamSynchronize(Stream* stream) {
  EMULATED(UNKNOWN);
  if (recordings > 0) return CAPTURE_UNSUPPORTED;
  finish(stream->tail);
  return SUCCESS;
}

int cudaEventCreateWithFlags(Event** result, unsigned flags) {
  EMULATED(UNKNOWN);
  *result = new Event{(flags & 2) == 0, {}, nullptr};
  emulator::count(1);
  return SUCCESS;
}

int cudaEventCreate(Event** result) { return cudaEventCreateWithFlags(result, 0); }

int cudaEventDestroy(Event* event) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  if (event->timing) finish(event->tail); // its task writes to it
  delete event;
  emulator::count(-1);
  return SUCCESS;
}

int cudaEventRecord(Event* event, Stream* stream) {
  EMULATED(UNKNOWN);
  if (event->timing && !stream->recording) {
    emulator::enqueue(stream, [event] { event->milliseconds = now(); });
  }
  event->recording = stream->recording;
  event->tail = stream->recording ? stream->recorded : stream->tail;
  return SUCCESS;
}

int cudaEventSynchronize(Event* event) {
  EMULATED(UNKNOWN);
  if (recordings > 0) return CAPTURE_UNSUPPORTED;
  finish(event->tail);
  return SUCCESS;
}

int cudaEventElapsedTime(float* result, Event* first, Event* last) {
  EMULATED(UNKNOWN);
  if (!first->timing || !last->timing) return INVALID_HANDLE;
  *result = (float) (last->milliseconds - first->milliseconds);
  return SUCCESS;
}

int cudaStreamWaitEvent(Stream* stream, Event* event, unsigned) {
  EMULATED(UNKNOWN);
  if (stream->recording && event->recording != stream->recording) return CAPTURE_ISOLATION;
  if (event->recording && event->recording->ended) return CAPTURE_ISOLATION;
  if (event->recording) {
    stream->recording = event->recording;
    stream->recorded.insert(stream->recorded.end(), event->tail.begin(), event->tail.end());
  } else {
    stream->tail.insert(stream->tail.end(), event->tail.begin(), event->tail.end());
  }
  return SUCCESS;
}

int cudaStreamBeginCapture(Stream* stream, int) {
  EMULATED(UNKNOWN);
  if (stream->recording) return INVALID_VALUE;
  stream->recording = std::make_shared<Graph>();
  stream->recorded.clear();
  stream->origin = true;
  recordings++;
  return SUCCESS;
}

/** Ends a recording. All work of other streams must come before the origin's end. */
int cudaStreamEndCapture(Stream* stream, Graph** result) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  *result = nullptr;
  if (!stream->recording || !stream->origin) return INVALID_VALUE;
  std::set<Task*> reached;
  std::vector<Task*> next;
  for (const auto& task : stream->recorded) next.push_back(task.get());
  while (!next.empty()) {
    Task* task = next.back();
    next.pop_back();
    if (reached.insert(task).second) {
      for (const auto& before : task->after) next.push_back(before.get());
    }
  }
  std::shared_ptr<Graph> graph = stream->recording;
  for (Stream* any : streams) {
    if (any->recording == graph) {
      any->recording.reset();
      any->recorded.clear();
      any->origin = false;
    }
  }
  graph->ended = true;
  recordings--;
  if (emulator::fails()) return UNKNOWN;
  if (reached.size() != graph->tasks.size()) return CAPTURE_UNJOINED;
  *result = new Graph(*graph);
  emulator::count(1);
  return SUCCESS;
}

int cudaGraphDestroy(Graph* graph) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  delete graph;
  emulator::count(-1);
  return SUCCESS;
}

int cudaGraphInstantiate(Executable** result, Graph* graph, unsigned long long) {
  EMULATED(OUT_OF_MEMORY);
  *result = new Executable{graph->tasks};
  emulator::count(1);
  return SUCCESS;
}

int cudaGraphExecDestroy(Executable* executable) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  delete executable;
  emulator::count(-1);
  return SUCCESS;
}

int cudaGraphLaunch(Executable* executable, Stream* stream) {
  EMULATED(UNKNOWN);
  if (stream->device != current_device) return INVALID_HANDLE;
  Tasks original = executable->tasks;
  emulator::enqueue(stream, [original] {
    std::map<const Task*, std::shared_ptr<Task>> copies;
    Tasks tasks;
    for (const auto& task : original) {
      auto copy = std::make_shared<Task>();
      copy->run = task->run;
      for (const auto& before : task->after) copy->after.push_back(copies.at(before.get()));
      copies[task.get()] = copy;
      tasks.push_back(copy);
    }
    Tasks wanted = tasks;
    run(tasks, wanted);
  });
  return SUCCESS;
}

// ---- NVRTC and kernels: kernels.cu becomes a library, and the path of the library is the code -----------------------------

static const std::string CODE = "emulated code ";

int nvrtcVersion(int* major, int* minor) {
  *major = 13;
  *minor = 1;
  return SUCCESS;
}

int nvrtcCreateProgram(Program** result, const char* source, const char*, int, const char* const*, const char* const*) {
  EMULATED(1);
  *result = new Program{source, "", ""};
  emulator::count(1);
  return SUCCESS;
}

int nvrtcDestroyProgram(Program** program) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  if (!*program) return SUCCESS;
  delete *program;
  *program = nullptr;
  emulator::count(-1);
  return SUCCESS;
}

static std::string folder() {
  Dl_info info;
  dladdr((void*) folder, &info);
  std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/'));
}

static std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/** Dynamic shared memory becomes a pointer, and beside every kernel stands a function that binds its arguments. */
static std::string for_cpu(const std::string& source) {
  std::string result = std::regex_replace(
      source,
      std::regex("extern __shared__ __align__\\(16\\) u8 (\\w+)\\[\\];"),
      "u8* $1 = (u8*) device::dynamic_shared();");
  return std::regex_replace(
      result,
      std::regex("extern \"C\" __global__ void(?: __launch_bounds__\\([^)]*\\))? (\\w+)\\(([^)]*)\\) \\{"),
      "static void $1($2);\n"
      "extern \"C\" std::function<void()>* bind_$1(void** a, device::Grid g) { return device::bind($1, a, g); }\n"
      "static void $1($2) {");
}

int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  EMULATED(6);
  std::string flags;
  for (int i = 0; i < count; i++) {
    std::string option = options[i];
    std::string architecture = "--gpu-architecture=sm_";
    if (option.compare(0, architecture.size(), architecture) == 0) {
      flags += " -D__CUDA_ARCH__=" + option.substr(architecture.size()) + "0";
    } else {
      flags += " " + option;
    }
  }
  std::string all = program->source + flags;
  for (const char* header : {"grid.h", "kernels.h", "numbers.h"}) all += text_of(folder() + "/" + header);
  std::string name = folder() + "/kernels-" + std::to_string(std::hash<std::string>()(all));
  std::string library = name + ".so";
  if (access(library.c_str(), R_OK) != 0) {
    std::string part = name + "-" + std::to_string(getpid());
    std::ofstream(part + ".cpp") << for_cpu(program->source);
    std::string command = "g++ -std=c++17 -O2 -fPIC -shared -fno-strict-aliasing -w -DEMULATED -I" + folder() +
        " -include kernels.h" + flags + " -o " + part + ".so " + part + ".cpp > " + part + ".log 2>&1";
    if (std::system(command.c_str()) != 0) {
      program->log = text_of(part + ".log");
      return 6;
    }
    std::rename((part + ".so").c_str(), library.c_str());
  }
  program->code = CODE + library + "\n";
  return SUCCESS;
}

int nvrtcGetCUBINSize(Program* program, size_t* size) {
  EMULATED(1);
  *size = program->code.size();
  return SUCCESS;
}

int nvrtcGetCUBIN(Program* program, char* code) {
  EMULATED(1);
  std::memcpy(code, program->code.data(), program->code.size());
  return SUCCESS;
}

int nvrtcGetProgramLogSize(Program* program, size_t* size) {
  *size = program->log.size() + 1;
  return SUCCESS;
}

int nvrtcGetProgramLog(Program* program, char* log) {
  std::memcpy(log, program->log.c_str(), program->log.size() + 1);
  return SUCCESS;
}

int cuModuleLoadData(Module** result, const char* code) {
  EMULATED(INVALID_IMAGE);
  for (char c : CODE) {
    if (*code++ != c) return INVALID_IMAGE;
  }
  std::string path(code, std::strchr(code, '\n'));
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    std::fprintf(stderr, "%s\n", dlerror());
    return INVALID_IMAGE;
  }
  *result = new Module{library, {}};
  emulator::count(1);
  return SUCCESS;
}

int cuModuleUnload(Module* module) {
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);
  delete module; // its functions may still wait in the device's queue, so the library stays loaded
  emulator::count(-1);
  return SUCCESS;
}

int cuModuleGetFunction(Function** result, Module* module, const char* name) {
  EMULATED(NOT_FOUND);
  void* bind = dlsym(module->library, (std::string("bind_") + name).c_str());
  if (!bind) return NOT_FOUND;
  *result = &module->functions.emplace(name, Function{bind}).first->second;
  return SUCCESS;
}

int cuFuncSetAttribute(Function* function, int attribute, int value) {
  EMULATED(INVALID_VALUE);
  if (attribute != 8 || value > 227 << 10) return INVALID_VALUE;
  function->shared_bytes = std::max(function->shared_bytes, value);
  return SUCCESS;
}

int cuLaunchKernel(Function* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned ty, unsigned tz,
                   unsigned shared_bytes, Stream* stream, void** arguments, void** extra) {
  EMULATED(719);
  if (stream->device != current_device) return INVALID_HANDLE;
  if (x == 0 || y == 0 || z == 0 || y > 65535 || z > 65535 || threads == 0 || threads > 1024 || ty != 1 || tz != 1 || extra) {
    return INVALID_VALUE;
  }
  if ((int) shared_bytes > function->shared_bytes) return INVALID_VALUE;
  auto bind = (std::function<void()>* (*) (void**, Grid)) function->bind;
  std::shared_ptr<std::function<void()>> work(bind(arguments, {{x, y, z}, threads, shared_bytes}));
  emulator::enqueue(stream, [work] {
    if (!emulator::idle) (*work)();
  });
  return SUCCESS;
}

} // extern "C"
