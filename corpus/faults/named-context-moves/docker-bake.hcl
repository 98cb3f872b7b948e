target "app" {
  context = "."
  contexts = {
    base = "docker-image://debian:latest"
    assets = "./assets"
  }
  args = {
    BUILD_DATE = timestamp()
  }
}
