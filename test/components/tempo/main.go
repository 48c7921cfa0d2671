// Command tempo runs Grafana Tempo as one process, for tests.
//
// Tempo's own command dies on the first span when it is built with Go 1.21 or newer: packages are now initialised in
// the order of their import paths, so grpc's codec for "proto" is registered last and wins over the one for gogo
// messages (Go 1.21 release notes, "package initialization order"). An init in package main still runs after all
// others, so the codec is put back here.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/grafana/tempo/cmd/tempo/app"
	tempolog "github.com/grafana/tempo/pkg/util/log"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/proto"
	"gopkg.in/yaml.v2"
)

// protoCodec lets messages that carry their own marshalling (gogo) use it, and leaves the rest to protobuf.
type protoCodec struct{}

func (protoCodec) Name() string { return "proto" }

func (protoCodec) Marshal(message interface{}) ([]byte, error) {
	switch m := message.(type) {
	case interface{ Marshal() ([]byte, error) }:
		return m.Marshal()
	default:
		return proto.Marshal(message.(proto.Message))
	}
}

func (protoCodec) Unmarshal(bytes []byte, message interface{}) error {
	switch m := message.(type) {
	case interface{ Unmarshal([]byte) error }:
		return m.Unmarshal(bytes)
	default:
		return proto.Unmarshal(bytes, message.(proto.Message))
	}
}

func init() { encoding.RegisterCodec(protoCodec{}) }

// read gives Tempo's defaults, what one process needs, and on top the file.
func read(path string) (app.Config, error) {
	var config app.Config
	config.RegisterFlagsAndApplyDefaults("", flag.NewFlagSet("tempo", flag.PanicOnError))
	config.Target = app.SingleBinary
	ingester := &config.Ingester.LifecyclerConfig
	ingester.RingConfig.KVStore.Store = "inmemory"
	ingester.RingConfig.ReplicationFactor = 1
	ingester.Addr = "127.0.0.1"
	config.Generator.Ring.KVStore.Store = "inmemory"
	config.Generator.Ring.InstanceAddr = "127.0.0.1"

	text, err := os.ReadFile(path)
	if err != nil {
		return config, err
	}
	return config, yaml.UnmarshalStrict(text, &config)
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("tempo: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: tempo CONFIG.yaml")
	}
	config, err := read(os.Args[1])
	if err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	tempolog.InitLogger(&config.Server)
	config.CheckConfig()
	tempo, err := app.New(config)
	if err != nil {
		log.Fatal(err)
	}
	if err := tempo.Run(); err != nil {
		log.Fatal(err)
	}
}
