// The Kubernetes provider of Pulumi. The published module lacks the two generated files that its own main embeds, but has
// what they are made from; they are read from beside the program instead.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	program, err := os.Executable()
	if err != nil {
		fail(err)
	}
	provider.Serve("kubernetes", version.Version, beside(program, "schema.json"), beside(program, "terraform-mapping.json"))
}

func beside(program, name string) []byte {
	content, err := os.ReadFile(filepath.Join(filepath.Dir(program), name))
	if err != nil {
		fail(err)
	}
	return content
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "pulumi-resource-kubernetes: %v. Run `make tools` to install the plugin again.\n", err)
	os.Exit(1)
}
