// What the parts of the emulator share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace emulator {

/** Held by every call: the device does one thing at a time. */
extern std::recursive_mutex mutex;

/** Whether cuDNN has no kernels for convolutions with epilogues. */
extern bool only_plain;

/** Whether kernels are not run, so that a program can be rehearsed whose network would take hours. */
extern const bool idle;

/** Work of the device: what it does, and what must be done before. */
struct Task {
  std::function<void()> run;
  std::vector<std::shared_ptr<Task>> after;
  bool done = false;
};
using Tasks = std::vector<std::shared_ptr<Task>>;

/** Tasks that are recorded instead of run, and the order in which they were. */
struct Graph {
  Tasks tasks;
  bool ended = false;
};

struct Stream {
  int device;
  Tasks tail;                           // what later work comes after
  std::shared_ptr<Graph> recording;     // not null while the stream records
  Tasks recorded;                       // its tail there
  bool origin = false;                  // whether the recording began here
};

/** Counts a call that may fail; true if it is the one that shall. */
bool fails();

/** Counts objects that the program owns. */
void count(int change);

/** The device that the calling thread uses. */
int device();

/** Adds work to a stream, or records it. */
void enqueue(Stream* stream, std::function<void()> work);

/** Whether bytes lie in one piece of memory of a device. */
bool on_device(const void* address, size_t bytes, int device);

/** Ends the process: the program did what a real device would not survive, or not tell. */
[[noreturn]] void fatal(const char* format, ...);

} // namespace emulator

/** Begins a function of the interface. */
#define EMULATED(error)                                              \
  std::lock_guard<std::recursive_mutex> guard(emulator::mutex);      \
  if (emulator::fails()) return error
