// Package kubernetes, with helm/v4 and yaml/v2 below it, is all that the provider uses of Pulumi's generated Go SDK for
// Kubernetes. The SDK's typed resources take nine CPU minutes to compile, a third of everything built here; the provider
// needs none of their types (docs/adr/0002-one-go-module.md).
package kubernetes

import "reflect"

// UntypedArgs are the properties of any object.
type UntypedArgs map[string]any

// ElementType makes UntypedArgs an input.
func (UntypedArgs) ElementType() reflect.Type { return reflect.TypeOf((*map[string]any)(nil)).Elem() }
