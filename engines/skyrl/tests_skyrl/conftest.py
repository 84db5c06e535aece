import flash_attn_stand_in

flash_attn_stand_in.import_wrapper()
