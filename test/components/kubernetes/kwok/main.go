// kwok plays the kubelets: it keeps nodes and pods alive that nobody runs. A program of its own, for its --version
// clashes with that of the Kubernetes parts. It runs until its standard input ends.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"nimbusguard/test/components/kubernetes/lifeline"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func run() error {
	global := pflag.NewFlagSet("global", pflag.ContinueOnError)
	// The flags of the command are not known yet when the global ones are read.
	global.ParseErrorsAllowlist.UnknownFlags = true
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), global)
	ctx, err := config.InitFlags(ctx, global)
	if err != nil {
		return err
	}
	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(global)
	return command.ExecuteContext(ctx)
}

func main() {
	lifeline.Hold()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
