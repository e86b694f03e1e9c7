@main
struct Heed {
  static func main() {}
}
