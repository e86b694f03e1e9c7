import ArgumentParser
import Foundation
import Models
import Tensors

/// From a path to the first decoded token, and what stands in memory meanwhile.
struct Opening: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how long a model takes from its path to its first step, and the memory that it takes.",
    discussion: """
      Each run of the program measures one opening, as a user's does. Memory is what Linux counts of this process: its own, \
      and pages of the model's file that it has touched, which the system can take back at any time.
      """)

  @Argument(help: "A model folder, such as heed-bench marian-folder writes.") var folder: String

  @Option(help: "Ids that the source holds, up to the vocabulary's size.") var source = 24

  @Option(help: "Steps that are decoded after the first.") var steps = 23

  @Flag(help: "Ask the system to forget the file's pages first, so that they come from the disk.") var cold = false

  func run() throws {
    if cold { try forgetPages() }
    print("                       seconds     own MB  of file MB")
    var last = Clock.wall
    func report(_ what: String) {
      let now = Clock.wall
      let memory = Memory.now
      print(
        what.padding(toLength: 20, withPad: " ", startingAt: 0)
          + String(format: "%10.4f %10.1f %11.1f", now - last, memory.own, memory.ofFiles))
      last = Clock.wall
    }
    report("process")
    let model = try ModelFolder(path: folder)
    report("opened")
    let limit = model.configuration.sourceVocabularySize
    let ids = (0..<source).map { 3 + $0 * 997 % max(limit - 4, 1) } + model.configuration.sourceEnd
    var session = try model.session(ids: ids, maximumLength: steps + 1)
    report("source read")
    session.step()
    report("first step")
    for _ in 0..<steps where session.trace.ending == .open { session.step() }
    report("\(session.trace.steps.count - 1) more steps")
    print(String(format: "largest ever: %.1f MB", Memory.largest))
  }

  private func forgetPages() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let descriptor = open("\(folder)/\(name)", O_RDONLY)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      // Pages that are not on the disk yet cannot be forgotten.
      fsync(descriptor)
      #if os(Linux)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      #endif
    }
  }
}

/// Megabytes of this process in memory.
private struct Memory {
  var own = 0.0
  var ofFiles = 0.0

  static var now: Memory { Memory(own: field("RssAnon"), ofFiles: field("RssFile")) }
  static var largest: Double { field("VmHWM") }

  /// A line of `/proc/self/status`, which counts in kB; zero where there is none.
  private static func field(_ name: String) -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.flatMap { Double($0.split(whereSeparator: { " \t".contains($0) }).dropLast().last ?? "") }.map {
      $0 / 1000
    } ?? 0
  }
}
