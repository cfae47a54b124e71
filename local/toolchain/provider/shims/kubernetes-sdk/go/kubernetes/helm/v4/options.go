// Package v4 has the two structured inputs of a Helm chart.
package v4

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RepositoryOpts say where a chart is fetched from, and as whom.
type RepositoryOpts struct {
	CaFile   pulumi.AssetOrArchive `pulumi:"caFile"`
	CertFile pulumi.AssetOrArchive `pulumi:"certFile"`
	KeyFile  pulumi.AssetOrArchive `pulumi:"keyFile"`
	Password *string               `pulumi:"password"`
	Repo     *string               `pulumi:"repo"`
	Username *string               `pulumi:"username"`
}

// RepositoryOptsArgs are RepositoryOpts whose values may still be computed.
type RepositoryOptsArgs struct {
	CaFile   pulumi.AssetOrArchiveInput `pulumi:"caFile"`
	CertFile pulumi.AssetOrArchiveInput `pulumi:"certFile"`
	KeyFile  pulumi.AssetOrArchiveInput `pulumi:"keyFile"`
	Password pulumi.StringPtrInput      `pulumi:"password"`
	Repo     pulumi.StringPtrInput      `pulumi:"repo"`
	Username pulumi.StringPtrInput      `pulumi:"username"`
}

// RepositoryOptsInput accepts RepositoryOptsArgs and RepositoryOptsOutput.
type RepositoryOptsInput interface {
	pulumi.Input
	ToRepositoryOptsOutput() RepositoryOptsOutput
}

// RepositoryOptsOutput are RepositoryOpts once they are known.
type RepositoryOptsOutput struct{ *pulumi.OutputState }

// PostRenderer is a program that changes the rendered manifests.
type PostRenderer struct {
	Args    []string `pulumi:"args"`
	Command string   `pulumi:"command"`
}

// PostRendererArgs is a PostRenderer whose values may still be computed.
type PostRendererArgs struct {
	Args    pulumi.StringArrayInput `pulumi:"args"`
	Command pulumi.StringInput      `pulumi:"command"`
}

// PostRendererInput accepts PostRendererArgs and PostRendererOutput.
type PostRendererInput interface {
	pulumi.Input
	ToPostRendererOutput() PostRendererOutput
}

// PostRendererOutput is a PostRenderer once it is known.
type PostRendererOutput struct{ *pulumi.OutputState }

func (RepositoryOptsArgs) ElementType() reflect.Type   { return reflect.TypeOf(RepositoryOpts{}) }
func (RepositoryOptsOutput) ElementType() reflect.Type { return reflect.TypeOf(RepositoryOpts{}) }
func (PostRendererArgs) ElementType() reflect.Type     { return reflect.TypeOf(PostRenderer{}) }
func (PostRendererOutput) ElementType() reflect.Type   { return reflect.TypeOf(PostRenderer{}) }

func (o RepositoryOptsOutput) ToRepositoryOptsOutput() RepositoryOptsOutput { return o }
func (o PostRendererOutput) ToPostRendererOutput() PostRendererOutput       { return o }

func (a RepositoryOptsArgs) ToRepositoryOptsOutput() RepositoryOptsOutput {
	return pulumi.ToOutputWithContext(context.Background(), a).(RepositoryOptsOutput)
}

func (a PostRendererArgs) ToPostRendererOutput() PostRendererOutput {
	return pulumi.ToOutputWithContext(context.Background(), a).(PostRendererOutput)
}

func init() {
	pulumi.RegisterInputType(reflect.TypeOf((*RepositoryOptsInput)(nil)).Elem(), RepositoryOptsArgs{})
	pulumi.RegisterInputType(reflect.TypeOf((*PostRendererInput)(nil)).Elem(), PostRendererArgs{})
	pulumi.RegisterOutputType(RepositoryOptsOutput{})
	pulumi.RegisterOutputType(PostRendererOutput{})
}
