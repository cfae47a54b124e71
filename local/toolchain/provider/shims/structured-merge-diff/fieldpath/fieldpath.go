// Package fieldpath gives version 4's import path the types of version 6, so that the Kubernetes provider of Pulumi, written
// against client-go 0.33, is compiled with the client-go that everything else here shares.
package fieldpath

import v6 "sigs.k8s.io/structured-merge-diff/v6/fieldpath"

type (
	Path = v6.Path
	Set  = v6.Set
)

var MakePath = v6.MakePath
